package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.kubernetes.ClusterView.GateEntry;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What an entry of a configuration asks about, as plain values.
class LiveGateTest {
    private static ValidatingWebhook shipped() {
        ValidatingWebhook entry = GateCache.shipped().getFirst();
        entry.getClientConfig().setCaBundle("Q0E=");
        return entry;
    }

    @Test
    void shippedEntryAsksUnderItsGateInEveryVersionAndHasNoFlaw() {
        GateEntry entry = LiveGate.entry(shipped());
        assertThat(entry.name()).isEqualTo("required.gate.interlock.dev");
        assertThat(entry.gates()).containsExactly("required");
        assertThat(entry.equivalent()).isTrue();
        assertThat(entry.flaw()).isEmpty();
        assertThat(entry.rules()).hasSize(3).anyMatch(rule -> rule.asks("", "v1", "pods/resize", true, "UPDATE"));
    }

    @Test
    void entryThatCannotBeCalledOrLeavesOutObjectsSaysSo() {
        ValidatingWebhook without = shipped();
        without.getClientConfig().setCaBundle(null);
        assertThat(LiveGate.entry(without).flaw())
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("caBundle"));
        ValidatingWebhook selecting = shipped();
        selecting.setObjectSelector(
                new LabelSelectorBuilder().addToMatchLabels("a", "b").build());
        assertThat(LiveGate.entry(selecting).flaw())
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("objectSelector"));
        ValidatingWebhook exact = shipped();
        exact.setMatchPolicy("Exact");
        assertThat(LiveGate.entry(exact).equivalent()).isFalse();
    }

    @Test
    void gatesAreThoseOfTheSelectorAndBothWhereItSaysNothing() {
        ValidatingWebhook entry = shipped();
        entry.setNamespaceSelector(new LabelSelectorBuilder()
                .withMatchExpressions(
                        new LabelSelectorRequirement("kubernetes.io/metadata.name", "In", List.of("shop")),
                        new LabelSelectorRequirement("interlock.dev/gate", "In", List.of("optional")))
                .build());
        assertThat(LiveGate.entry(entry).gates()).isEqualTo(Set.of("optional"));
        entry.setNamespaceSelector(new LabelSelectorBuilder().build());
        assertThat(LiveGate.entry(entry).gates()).isEqualTo(GateEntry.GATES);
        entry.setNamespaceSelector(null);
        assertThat(LiveGate.entry(entry).gates()).isEqualTo(GateEntry.GATES);
    }
}
