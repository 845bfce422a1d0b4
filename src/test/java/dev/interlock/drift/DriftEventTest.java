package dev.interlock.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.interlock.drift.Transition.Begin;
import dev.interlock.drift.Transition.Resolution;
import dev.interlock.drift.Transition.Resolve;
import dev.interlock.workload.NonEmpty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// When a drift event begins and ends, and what it is called.
class DriftEventTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String EARLIER = "digest-before";
    private static final String THEN = "digest-when-opened";
    private static final String NOW = "digest-now";

    private static final Verdict IN_SYNC = new Verdict.InSync("approved");
    private static final Verdict UNKNOWN = new Verdict.Unknown("the ledger cannot be read");
    private static final Verdict IMAGE = drifted(difference("spec.image", "b"));
    private static final Verdict OTHER_VALUE = drifted(difference("spec.image", "c"));
    private static final Verdict OTHER_PATH = drifted(difference("spec.paused", "b"));

    private static final Optional<Open> NONE = Optional.empty();
    private static final Optional<Open> DRIFT =
            Optional.of(Open.drifted("drift-1", List.of(difference("spec.image", "b")), 0, THEN, NOON));
    private static final Optional<Open> BYPASS = Optional.of(Open.bypassed("drift-1", THEN, NOON));

    private static final List<Transition> NOTHING = List.of();
    private static final List<Transition> ONSET = List.of(new Begin(Optional.empty()));
    private static final List<Transition> NEXT =
            List.of(new Resolve("drift-1", Resolution.SUPERSEDED), new Begin(Optional.of("drift-1")));

    private static Difference difference(String path, String observed) {
        return new Difference(path, Optional.of("a"), Optional.of(observed), "kubectl");
    }

    private static Intent intent(Intent.Standing standing, Instant at) {
        return new Intent(1, "e", "d", at, standing, Optional.of("tom"), "content", Optional.empty());
    }

    private static Verdict drifted(Difference difference) {
        return new Verdict.Drifted(
                Optional.empty(), intent(Intent.Standing.APPROVES, NOON), new NonEmpty<>(List.of(difference)));
    }

    private static Verdict unapproved(Instant covered) {
        return new Verdict.Unapproved(intent(Intent.Standing.COVERS, covered));
    }

    private static List<Transition> resolved(Resolution how) {
        return List.of(new Resolve("drift-1", how));
    }

    static Stream<Arguments> lifecycle() {
        return Stream.of(
                arguments(NONE, IN_SYNC, NOW, NOTHING),
                arguments(NONE, UNKNOWN, NOW, NOTHING),
                arguments(NONE, unapproved(NOON), NOW, NOTHING),
                arguments(NONE, IMAGE, NOW, ONSET),
                arguments(NONE, new Verdict.Bypassed(NOW), NOW, ONSET),
                arguments(DRIFT, IN_SYNC, EARLIER, resolved(Resolution.RESTORED)),
                arguments(DRIFT, IN_SYNC, THEN, resolved(Resolution.APPROVED)),
                arguments(DRIFT, UNKNOWN, THEN, NOTHING),
                arguments(DRIFT, unapproved(NOON.minusSeconds(1)), NOW, NOTHING),
                arguments(DRIFT, IMAGE, THEN, NOTHING),
                arguments(DRIFT, IMAGE, NOW, NOTHING),
                arguments(DRIFT, OTHER_VALUE, NOW, NEXT),
                arguments(DRIFT, OTHER_PATH, NOW, NEXT),
                arguments(DRIFT, new Verdict.Bypassed(THEN), THEN, NEXT),
                arguments(BYPASS, IN_SYNC, THEN, resolved(Resolution.APPROVED)),
                arguments(BYPASS, IN_SYNC, NOW, resolved(Resolution.RESTORED)),
                arguments(BYPASS, UNKNOWN, THEN, NOTHING),
                arguments(BYPASS, new Verdict.Bypassed(THEN), THEN, NOTHING),
                arguments(BYPASS, new Verdict.Bypassed(NOW), NOW, NEXT),
                arguments(BYPASS, IMAGE, THEN, NEXT),
                arguments(BYPASS, unapproved(NOON.minusSeconds(1)), EARLIER, resolved(Resolution.RESTORED)),
                arguments(BYPASS, unapproved(NOON.minusSeconds(1)), THEN, NOTHING),
                arguments(BYPASS, unapproved(NOON.plusSeconds(1)), NOW, NOTHING),
                arguments(BYPASS, unapproved(NOON), NOW, NOTHING));
    }

    @ParameterizedTest
    @MethodSource("lifecycle")
    void law_verdictsOpenContinueAndEndEvents(
            Optional<Open> open, Verdict verdict, String live, List<Transition> expected) {
        assertThat(Transition.after(open, verdict, live)).isEqualTo(expected);
    }

    @Test
    void law_goneEndsWhatIsOpen() {
        assertThat(Transition.gone(NONE)).isEmpty();
        assertThat(Transition.gone(DRIFT)).isEqualTo(resolved(Resolution.GONE));
        assertThat(Transition.gone(BYPASS)).isEqualTo(resolved(Resolution.GONE));
    }

    @Test
    void onlyAnEventThatContinuesNoneIsAnOnset() {
        assertThat(new Begin(Optional.empty()).onset()).isTrue();
        assertThat(new Begin(Optional.of("drift-1")).onset()).isFalse();
    }

    @Test
    void signatureIsTheSameFromWhatALedgerKeeps() {
        List<Difference> many = IntStream.range(0, 250)
                .mapToObj(i -> difference("spec.args[%d]".formatted(i), "x"))
                .toList();
        Verdict verdict =
                new Verdict.Drifted(Optional.empty(), intent(Intent.Standing.APPROVES, NOON), new NonEmpty<>(many));
        Open kept = Open.drifted("drift-1", many.subList(0, Difference.SIGNED), 50, THEN, NOON);
        assertThat(Transition.after(Optional.of(kept), verdict, NOW)).isEmpty();
        Open fewer = Open.drifted("drift-1", many.subList(0, Difference.SIGNED), 49, THEN, NOON);
        assertThat(Transition.after(Optional.of(fewer), verdict, NOW)).isEqualTo(NEXT);
    }

    @Test
    void nameIsOfTheObjectAndOfHowManyCameBefore() {
        assertThat(DriftName.of("uid-1", 0)).isEqualTo(DriftName.of("uid-1", 0)).matches("drift-[0-9a-f]{26}");
        assertThat(DriftName.of("uid-1", 1)).isNotEqualTo(DriftName.of("uid-1", 0));
        assertThat(DriftName.of("uid-2", 0)).isNotEqualTo(DriftName.of("uid-1", 0));
    }
}
