package dev.interlock.decision;

import static dev.interlock.decision.Fixture.AT;
import static dev.interlock.decision.Fixture.decide;
import static dev.interlock.decision.Fixture.evidence;
import static dev.interlock.decision.Fixture.withDrift;
import static dev.interlock.decision.Fixture.withPaths;
import static dev.interlock.decision.Fixture.withTightenings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Says;
import dev.interlock.decision.check.OwnerKnown;
import dev.interlock.decision.check.Stable;
import dev.interlock.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A tenant writes the labels by which paths choose: a relabel takes a workload out of nothing (law 13).
class RelabelTest {
    private static final DeliveryPath CHECKOUT = path("checkout");
    private static final DeliveryPath CART = path("cart");
    private static final Policy OWNED =
            Fixture.policy("p", OnUndecided.DENY, Fixture.check("owner-known", Mode.ENFORCE, new OwnerKnown()));

    private static DeliveryPath path(String app) {
        return Fixture.path(app, Map.of("app", app), new Promoters(Set.of("ann"), Set.of()));
    }

    private static Workload labelled(String app, String image) {
        Workload plain = Fixture.deployment(image);
        return Workload.of(
                plain.kind(),
                plain.object().change(List.of("metadata", "labels"), labels -> labels.with("app", Fixture.node(app))));
    }

    private static Decision relabel(String from, String to, Policy policy) {
        return decide(
                Fixture.update(labelled(from, "nginx"), labelled(to, "nginx")),
                withPaths(evidence(policy), CHECKOUT, CART));
    }

    @Test
    void law9_orphanOfARelabelIsANewViolationAndOneThatWasThereIsNone() {
        assertThat(relabel("checkout", "nobody", OWNED)).isInstanceOf(Decision.Denied.class);
        assertThat(relabel("nobody", "nobody-either", OWNED)).isInstanceOf(Decision.Warned.class);
        assertThat(relabel("nobody", "checkout", OWNED)).isInstanceOf(Decision.Allowed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "cart", "checkout"})
    void law11_whatFeedbackTightenedForAServiceHoldsForWhatLeavesIt(String to) {
        Policy tightened = withTightenings(
                Fixture.policy("p", OnUndecided.DENY, Fixture.check("images", Mode.WARN, Says.FAILED.check())),
                new Tightening(
                        new CheckId("images"),
                        Optional.of("checkout"),
                        Optional.of(Mode.ENFORCE),
                        Map.of(),
                        "3 drifts in 1h",
                        List.of("drift-1"),
                        AT,
                        AT.plusSeconds(60)));
        Evidence given = withPaths(evidence(tightened), CHECKOUT, CART);
        assertThat(decide(Fixture.update(labelled("checkout", "nginx"), labelled(to, "other")), given))
                .isInstanceOf(Decision.Denied.class);
        assertThat(decide(Fixture.update(labelled("cart", "nginx"), labelled("cart", "other")), given))
                .as("another service")
                .isInstanceOf(Decision.Warned.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "cart", "checkout"})
    void driftOfAServiceCountsForWhatLeavesItAndForWhatComesToIt(String other) {
        Policy stable = Fixture.policy(
                "p",
                OnUndecided.DENY,
                Fixture.check("stable", Mode.ENFORCE, new Stable(Optional.of(0L), Optional.empty())));
        Evidence given = withDrift(
                withPaths(evidence(stable), CHECKOUT, CART), new DriftFact("drift-1", "checkout", AT, true, false));
        for (List<String> move : List.of(List.of("checkout", other), List.of(other, "checkout"))) {
            Decision decision = decide(
                    Fixture.update(labelled(move.getFirst(), "nginx"), labelled(move.getLast(), "other")), given);
            assertThat(decision).as("%s", move).isInstanceOf(Decision.Denied.class);
        }
        assertThat(decide(Fixture.update(labelled("cart", "nginx"), labelled("cart", "other")), given))
                .isInstanceOf(Decision.Allowed.class);
    }
}
