package dev.interlock.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The clock is moved by hand.
class AllowanceTest {
    private static final long START = TimeUnit.HOURS.toNanos(1);

    private final Allowance allowance = new Allowance(50, 50);

    private long taken(long atMillis, int tries) {
        long at = START + TimeUnit.MILLISECONDS.toNanos(atMillis);
        return IntStream.range(0, tries).filter(_ -> allowance.take(at)).count();
    }

    @Test
    void noMoreThanTheAllowanceIsTakenInAnySecondAndNothingIsSavedUp() {
        assertThat(taken(0, 200)).isEqualTo(50);
        assertThat(taken(100, 200)).isEqualTo(5);
        assertThat(taken(1_100, 200)).isEqualTo(50);
        assertThat(taken(60_000, 200)).as("after a minute of nothing").isEqualTo(50);
    }

    @Test
    void whatMayComeAtOnceComesBackAtItsPace() {
        Allowance slow = new Allowance(5, 50);
        assertThat(IntStream.range(0, 60).filter(_ -> slow.take(START)).count()).isEqualTo(50);
        long later = START + TimeUnit.SECONDS.toNanos(2);
        assertThat(IntStream.range(0, 60).filter(_ -> slow.take(later)).count()).isEqualTo(10);
    }
}
