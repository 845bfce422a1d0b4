package dev.interlock.decision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// A clock that asks the system seldom.
class WorkedTimeTest {
    private static final long MILLI = 1_000_000;

    private long passed = 7_000 * MILLI;
    private long worked = 40 * MILLI;
    private int asked;

    private WorkedTime time() {
        return new WorkedTime(
                () -> {
                    asked++;
                    return worked;
                },
                () -> passed);
    }

    @Test
    void whatWaitsForAProcessorHasNotWorked() {
        WorkedTime time = time();
        for (int i = 0; i < 100; i++) {
            passed += MILLI / 3;
            assertThat(time.getAsLong()).isBetween(worked, worked + MILLI);
        }
    }

    @Test
    void whatWorksHasWorkedAsLongAsItDid() {
        WorkedTime time = time();
        for (int i = 0; i < 100; i++) {
            passed += MILLI / 3;
            worked += MILLI / 3;
            assertThat(time.getAsLong()).isEqualTo(worked);
        }
    }

    @Test
    void systemIsAskedOnceInAMillisecond() {
        WorkedTime time = time();
        for (int i = 0; i < 1_000; i++) {
            passed += MILLI / 100;
            time.getAsLong();
        }
        assertThat(asked).isEqualTo(11);
    }
}
