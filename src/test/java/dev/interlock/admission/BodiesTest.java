package dev.interlock.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How much is received at a time (catalogue 30).
class BodiesTest {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /// As the webhook is shipped.
    private final Bodies bodies = Bodies.of(192L * MIB);

    @Test
    void case30_oneOfTheLargestSizeIsAlwaysTakenAlone() {
        assertThat(Bodies.of(16 * MIB).held().take(Bodies.MOST_OF_ONE)).isTrue();
    }

    @Test
    void case30_largeOnesAreRefusedTogetherAndKeepNoSmallOneOut() {
        Bodies.Held first = bodies.held();
        assertThat(first.take(5 * MIB)).isTrue();
        Bodies.Held second = bodies.held();
        assertThat(second.take(4 * MIB)).isFalse();
        second.release();
        assertThat(IntStream.range(0, 500).allMatch(_ -> bodies.held().take(14 * KIB)))
                .as("500 of 14 KiB")
                .isTrue();
        first.release();
        assertThat(bodies.held().take(4 * MIB)).isTrue();
    }

    @Test
    void case30_oneThatGrowsLargeCountsWhole() {
        Bodies.Held growing = bodies.held();
        for (int i = 0; i < 8 * 16; i++) {
            assertThat(growing.take(64 * KIB)).isTrue();
        }
        assertThat(growing.take(1)).isFalse();
        growing.release();
        assertThat(bodies.held().take(8 * MIB)).as("nothing is left of it").isTrue();
    }

    @Test
    void case30_smallOnesHaveABoundToo() {
        assertThat(IntStream.range(0, 64).allMatch(_ -> bodies.held().take(256 * KIB)))
                .as("16 MiB of them")
                .isTrue();
        assertThat(bodies.held().take(256 * KIB)).isFalse();
    }

    @Test
    void aLargerHeapTakesMore() {
        assertThat(Bodies.of(1024L * MIB).held().take(40 * MIB)).isTrue();
    }
}
