package dev.interlock.decision.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Claim;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Promoters;
import dev.interlock.decision.Violation;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Stage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The check kind `ownership`.
class OwnerKnownTest {
    private static final DeliveryPath PATH = path("checkout");

    private static DeliveryPath path(String name) {
        return Fixture.path(name, Map.of(), new Promoters(Set.of(), Set.of()));
    }

    private static CheckResult asked(Claim claim) {
        return new OwnerKnown().evaluate(Fixture.deployment("nginx"), Fixture.situation(claim));
    }

    @Test
    void oneOwnerIsWhatItAsksFor() {
        assertThat(asked(new Claim.Owned(PATH, PATH.stages().getFirst()))).isEqualTo(new CheckResult.Passed());
        assertThat(new OwnerKnown().aboutPromotion())
                .as("it is about what is live too")
                .isFalse();
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                Arguments.of(
                        new Claim.Unlisted(),
                        "OwnerUnknown",
                        "no DeliveryPath lists namespace `shop`; add it to a stage of the service's path"),
                Arguments.of(
                        new Claim.Orphaned(),
                        "OwnerUnknown",
                        "no DeliveryPath of namespace `shop` selects this workload's labels; label it as one of them does"),
                Arguments.of(
                        new Claim.Contested(new NonEmpty<>(List.of(path("cart"), PATH))),
                        "OwnerDisputed",
                        "several DeliveryPaths select this workload (cart, checkout);"
                                + " change their selectors so that one does"),
                Arguments.of(
                        new Claim.Misplaced(PATH, PATH.stages().getFirst(), Optional.of(new Stage("staging"))),
                        "StageDisagrees",
                        "DeliveryPath `checkout` lists namespace `shop` in stage `production`,"
                                + " but its label interlock.dev/stage says `staging`"),
                Arguments.of(
                        new Claim.Misplaced(PATH, PATH.stages().getFirst(), Optional.empty()),
                        "StageDisagrees",
                        "DeliveryPath `checkout` lists namespace `shop` in stage `production`,"
                                + " but its label interlock.dev/stage is missing"));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void whatHasNoSingleOwnerIsNamedWithWhatToDo(Claim claim, String code, String message) {
        assertThat(asked(claim))
                .isEqualTo(new CheckResult.Failed(
                        new NonEmpty<>(List.of(new Violation(code, "metadata.labels", message)))));
    }
}
