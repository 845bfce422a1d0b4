package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.kubernetes.Answering.Span;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Since when webhooks answer without a break. Times are seconds.
class AnsweringTest {
    private static Instant at(long second) {
        return Instant.ofEpochSecond(1_000 + second);
    }

    private static Span span(long from, long renewed) {
        return new Span(at(from), at(renewed), at(renewed + 15));
    }

    private static Optional<Answering> since(long from, long seen) {
        return Optional.of(new Answering(at(from), at(seen)));
    }

    static Stream<Arguments> leases() {
        return Stream.of(
                Arguments.of("nobody", List.of(), Optional.empty()),
                Arguments.of("one", List.of(span(0, 98)), since(0, 98)),
                Arguments.of("one that is dead", List.of(span(0, 85)), Optional.empty()),
                Arguments.of("one whose clock is ahead", List.of(span(0, 103)), since(0, 100)),
                Arguments.of("two that overlap", List.of(span(50, 99), span(0, 60)), since(0, 99)),
                Arguments.of("two with a break", List.of(span(70, 99), span(0, 60)), since(70, 99)),
                Arguments.of("a chain of three", List.of(span(40, 70), span(0, 50), span(60, 99)), since(0, 99)),
                Arguments.of("a break further back", List.of(span(40, 70), span(0, 30), span(60, 99)), since(40, 99)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leases")
    void answeringIsTheUnbrokenTimeThatEndsWithTheNewestRenewal(
            String what, List<Span> spans, Optional<Answering> expected) {
        assertThat(Answering.of(spans, at(100), Optional.empty())).as(what).isEqualTo(expected);
    }

    static Stream<Arguments> replicas() {
        List<Span> restarted = List.of(span(95, 99), span(0, 93));
        return Stream.of(
                Arguments.of("another has answered all the time", restarted, 92, since(0, 93)),
                Arguments.of("it has not since", List.of(span(95, 99), span(0, 80)), 92, since(95, 99)),
                Arguments.of("both have", List.of(span(80, 99), span(0, 93)), 92, since(0, 99)),
                Arguments.of("the other one renews", List.of(span(95, 99), span(0, 98)), 93, since(0, 99)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("replicas")
    void oneThatBeganLaterProvesNoBreakWhileAnotherMayHaveAnswered(
            String what, List<Span> spans, long before, Optional<Answering> expected) {
        assertThat(Answering.of(spans, at(100), Optional.of(at(before))))
                .as(what)
                .isEqualTo(expected);
    }
}
