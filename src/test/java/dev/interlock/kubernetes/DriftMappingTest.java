package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.api.v1alpha1.DriftEvent;
import dev.interlock.api.v1alpha1.DriftEventSpec;
import dev.interlock.api.v1alpha1.OwnerSpec;
import dev.interlock.decision.DriftFact;
import dev.interlock.kubernetes.CrdBounds.Found;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.DriftEnd;
import dev.interlock.ledger.DriftEntry;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A DriftEvent is the ledger's entry, cut to what the CRD lets in; and what decisions take from it.
class DriftMappingTest {
    private static final String CRD = "crds/driftevents.interlock.dev-v1.yml";
    private static final Instant ONSET = Instant.parse("2026-11-25T10:00:00Z");

    private static DriftEntry entry(String text, Optional<String> optional, int differences, int omitted) {
        return new DriftEntry(
                1,
                "drift-1",
                0,
                "Drifted",
                "Edit",
                new DecisionEntry.Subject(text, text, "payments", text, text),
                text,
                text,
                optional,
                text,
                optional,
                optional.map(some -> new DecisionEntry.Owner(some, optional, optional)),
                IntStream.range(0, differences)
                        .mapToObj(i -> new DriftEntry.Difference(text, optional, optional, text))
                        .toList(),
                omitted,
                text,
                optional,
                ONSET,
                optional,
                optional,
                optional,
                text,
                optional,
                text,
                optional);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "😀"})
    void nothingIsLongerThanTheCrdLetsIn(String letter) throws IOException {
        String text = letter.repeat(70_000);
        Found found = CrdBounds.held(CRD, DriftMapping.event(entry(text, Optional.of(text), 200, 7)));
        assertThat(found.faults()).isEmpty();
        assertThat(found.cut()).isGreaterThan(32 * 4 + 15);
    }

    @Test
    void whatFitsIsNotCutAndWhatIsAbsentStaysAbsent() throws IOException {
        Found full = CrdBounds.held(CRD, DriftMapping.event(entry("text", Optional.of("text"), 3, 0)));
        assertThat(full.faults()).isEmpty();
        assertThat(full.cut()).isZero();
        DriftEvent bare = DriftMapping.event(entry("text", Optional.empty(), 0, 0));
        assertThat(CrdBounds.held(CRD, bare).faults()).isEmpty();
        assertThat(bare.getSpec().owner()).isNull();
        assertThat(bare.getSpec().differences()).isNull();
        assertThat(bare.getSpec().requester()).isNull();
        assertThat(bare.getSpec().stage()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "32, 0, 0", "33, 0, 1", "200, 0, 168", "200, 9, 177", "1, 9, 9"})
    void differencesThatAreNotShownAreCounted(int differences, int omitted, int shown) {
        DriftEventSpec spec = DriftMapping.event(entry("text", Optional.empty(), differences, omitted))
                .getSpec();
        assertThat(spec.differencesOmitted()).isEqualTo(shown);
        assertThat(spec.differences() == null ? 0 : spec.differences().size()).isEqualTo(Math.min(32, differences));
    }

    @Test
    void eventSaysWhatDriftedWhereAndWhoAnswersForIt() {
        DriftEvent event = DriftMapping.event(entry("text", Optional.of("value"), 2, 0));
        assertThat(event.getMetadata().getNamespace()).isEqualTo("payments");
        assertThat(event.getMetadata().getName()).isEqualTo("drift-1");
        assertThat(event.getMetadata().getLabels())
                .isEqualTo(Map.of("app.kubernetes.io/managed-by", "interlock", "interlock.dev/drift", "Drifted"));
        assertThat(event.getSpec().paths()).isEqualTo("text,text");
        assertThat(event.getSpec().owner()).isEqualTo(new OwnerSpec("value", "value", "value"));
        assertThat(event.getSpec().onset()).isEqualTo("2026-11-25T10:00:00Z");
        assertThat(event.getStatus()).isNull();
    }

    /// Server-side apply owns every field that it sends.
    @Test
    void statusHoldsIdentityAndStatusOnly() throws IOException {
        DriftEntry entry = entry("text", Optional.of("text"), 1, 0);
        DriftEvent open = DriftMapping.open(entry);
        DriftEvent resolved =
                DriftMapping.resolved(entry, new DriftEnd(1, "drift-1", "text", "Restored", ONSET.plusSeconds(60)));
        assertThat(open.getStatus().state()).isEqualTo("Open");
        assertThat(resolved.getStatus().state()).isEqualTo("Resolved");
        for (DriftEvent event : List.of(open, resolved)) {
            JsonNode sent = new ObjectMapper().valueToTree(event);
            assertThat(sent.path("spec").isMissingNode() || sent.path("spec").isNull())
                    .isTrue();
            assertThat(event.getMetadata().getLabels()).isNullOrEmpty();
            assertThat(CrdBounds.held(CRD, event).faults()).isEmpty();
        }
    }

    static Stream<Arguments> stored() {
        Instant created = Instant.parse("2026-11-25T11:00:00Z");
        return Stream.of(
                Arguments.of(
                        "spec: {service: checkout, onset: '2026-11-25T10:00:00Z'}\nstatus: {state: Open}",
                        new DriftFact("drift-1", "checkout", ONSET, true, false)),
                Arguments.of(
                        "spec: {service: checkout, onset: '2026-11-25T10:00:00Z'}\nstatus: {state: Resolved}",
                        new DriftFact("drift-1", "checkout", ONSET, false, false)),
                Arguments.of(
                        "spec: {service: checkout, onset: '2026-11-25T10:00:00Z', continues: drift-0}",
                        new DriftFact("drift-1", "checkout", ONSET, true, true)),
                Arguments.of(
                        "spec: {service: 7, onset: soon}\nstatus: {state: [Resolved]}",
                        new DriftFact("drift-1", "payments", created, true, false)),
                Arguments.of("spec: text\nstatus: 7", new DriftFact("drift-1", "payments", created, true, false)),
                Arguments.of("status: {state: Gone}", new DriftFact("drift-1", "payments", created, true, false)));
    }

    @ParameterizedTest
    @MethodSource("stored")
    void whateverIsStoredIsAFactAndWhatCannotBeReadCountsAsOpen(String rest, DriftFact fact) {
        assertThat(DriftMapping.fact(Serialization.unmarshal("""
                        apiVersion: interlock.dev/v1alpha1
                        kind: DriftEvent
                        metadata: {name: drift-1, namespace: payments, creationTimestamp: '2026-11-25T11:00:00Z'}
                        """ + rest, GenericKubernetesResource.class)))
                .isEqualTo(fact);
    }
}
