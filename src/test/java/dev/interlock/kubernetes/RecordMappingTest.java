package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.api.v1alpha1.DecisionRecord;
import dev.interlock.api.v1alpha1.DecisionRecordSpec;
import dev.interlock.api.v1alpha1.DecisionRecordStatus;
import dev.interlock.api.v1alpha1.OwnerSpec;
import dev.interlock.api.v1alpha1.PolicyRefSpec;
import dev.interlock.api.v1alpha1.ReasonSpec;
import dev.interlock.api.v1alpha1.SubjectSpec;
import dev.interlock.kubernetes.CrdBounds.Found;
import dev.interlock.ledger.Amendment;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.Tally;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The record is the entry, cut to what the CRD lets in: a record that the API server refuses is evidence
/// that nobody sees.
class RecordMappingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DECISION = "0123456789abcdef".repeat(4);
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00.123Z");

    private static final DecisionEntry.Reason DENIAL = new DecisionEntry.Reason(
            "production",
            "images-pinned",
            "Enforce",
            "Denies",
            false,
            "DigestMissing",
            "spec.template.spec.containers[0].image",
            "container app: image `nginx` has no digest",
            Optional.of("platform"),
            Optional.of("#platform"),
            Optional.of("pin it"),
            Optional.of("WayBack"),
            Optional.of("tightened from Warn to Enforce until 14:20 UTC because of 3 drifts in 1h (drift-1)"));

    private static DecisionEntry.Reason reason(String policy, String effect, String code) {
        return new DecisionEntry.Reason(
                policy,
                "check",
                "Enforce",
                effect,
                false,
                code,
                "",
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static DecisionEntry entry(String outcome, DecisionEntry.Reason... reasons) {
        return entry(outcome, List.of(reasons));
    }

    private static DecisionEntry entry(String outcome, List<DecisionEntry.Reason> reasons) {
        return new DecisionEntry(
                1,
                "0d0c3c9e-0000-4000-8000-000000000001",
                DECISION,
                "Admission",
                AT,
                "cluster-1",
                "origin-1",
                "unverified",
                "Required",
                "CREATE",
                new DecisionEntry.Subject("apps/v1", "Deployment", "shop", "checkout", "uid-1"),
                "scale",
                "jane",
                outcome,
                !outcome.equals("Denied"),
                Optional.of("production"),
                List.of(
                        new DecisionEntry.Policy("production", "uid-2", 7),
                        new DecisionEntry.Policy("registries", "uid-3", 1)),
                5,
                reasons,
                "f".repeat(64),
                Optional.of("e".repeat(64)),
                Optional.of("checkout"),
                Optional.of("shop-path"),
                Optional.of(new DecisionEntry.Owner(
                        "payments", Optional.of("#payments-oncall"), Optional.of("#payments-leads"))),
                Optional.of("Owned"),
                Optional.of(true),
                Optional.of(true));
    }

    private static List<ReasonSpec> shown(DecisionEntry entry) {
        return Objects.requireNonNull(RecordMapping.record(entry).getSpec().reasons());
    }

    @Test
    void everyFieldOfTheEntryIsInItsPlace() {
        DecisionRecord record = RecordMapping.record(entry("Denied", DENIAL));
        assertThat(record.getSpec())
                .isEqualTo(new DecisionRecordSpec(
                        "Denied",
                        false,
                        new SubjectSpec("apps/v1", "Deployment", "checkout", "uid-1", "scale"),
                        "CREATE",
                        "production",
                        "production",
                        "DigestMissing",
                        "jane",
                        List.of(
                                new PolicyRefSpec("production", "uid-2", 7),
                                new PolicyRefSpec("registries", "uid-3", 1)),
                        5,
                        List.of(new ReasonSpec(
                                "production",
                                "images-pinned",
                                "Enforce",
                                "Denies",
                                null,
                                "DigestMissing",
                                "spec.template.spec.containers[0].image",
                                "container app: image `nginx` has no digest",
                                "pin it",
                                new OwnerSpec("platform", "#platform", null),
                                "tightened from Warn to Enforce until 14:20 UTC because of 3 drifts in 1h (drift-1)",
                                "WayBack")),
                        0,
                        "Admission",
                        "Required",
                        "unverified",
                        "f".repeat(64),
                        DECISION,
                        "0d0c3c9e-0000-4000-8000-000000000001",
                        "2026-11-25T10:00:00.123Z",
                        "cluster-1",
                        "origin-1",
                        "checkout",
                        new OwnerSpec("payments", "#payments-oncall", "#payments-leads"),
                        "shop-path",
                        true));
        assertThat(record.getStatus()).isNull();
    }

    @Test
    void equalDecisionsHaveOneNameInTheSubjectsNamespace() {
        DecisionRecord record = RecordMapping.record(entry("Denied", DENIAL));
        assertThat(record.getMetadata().getNamespace()).isEqualTo("shop");
        assertThat(record.getMetadata().getName()).isEqualTo("0123456789abcdef0123456789abcdef");
        assertThat(record.getMetadata().getLabels())
                .isEqualTo(Map.of("app.kubernetes.io/managed-by", "interlock", "interlock.dev/decision", "Denied"));
        assertThat(RecordMapping.status(
                                entry("Denied"), new Tally(1, AT, "e", ""), Optional.empty(), Optional.empty(), false)
                        .getMetadata()
                        .getName())
                .isEqualTo(record.getMetadata().getName());
    }

    @Test
    void whatTheEntryLacksIsAbsentOrEmpty() {
        DecisionEntry.Reason bare = reason("", "LeavesUndecided", "NamespaceUnknown");
        ReasonSpec reason = shown(entry("Undecided", bare)).getFirst();
        assertThat(reason.remedy()).isNull();
        assertThat(reason.owner()).isNull();
        assertThat(reason.alreadyPresent()).isNull();
        assertThat(reason.policy()).isEmpty();
    }

    @Test
    void aViolationThatWasThereBeforeIsMarked() {
        DecisionEntry.Reason present = new DecisionEntry.Reason(
                "production",
                "images-pinned",
                "Enforce",
                "Warns",
                true,
                "DigestMissing",
                "",
                "",
                Optional.of("platform"),
                Optional.empty(),
                Optional.empty(),
                Optional.of("AlreadyPresent"),
                Optional.empty());
        ReasonSpec reason = shown(entry("Warned", present)).getFirst();
        assertThat(reason.alreadyPresent()).isTrue();
        assertThat(reason.owner()).isEqualTo(new OwnerSpec("platform", null, null));
    }

    static Stream<Arguments> columns() {
        DecisionEntry.Reason denies = reason("production", "Denies", "DigestMissing");
        DecisionEntry.Reason deniesToo = reason("registries", "Denies", "RegistryNotAllowed");
        DecisionEntry.Reason undecided = reason("registries", "LeavesUndecided", "PolicyUnreadable");
        DecisionEntry.Reason nobodys = reason("", "LeavesUndecided", "NamespaceUnknown");
        DecisionEntry.Reason warns = reason("registries", "Warns", "RegistryNotAllowed");
        DecisionEntry.Reason recorded = reason("production", "Recorded", "ImageInvalid");
        return Stream.of(
                Arguments.of("Denied", List.of(denies, warns, undecided, recorded), "production", "DigestMissing"),
                Arguments.of(
                        "Denied",
                        List.of(denies, denies, deniesToo),
                        "production,registries",
                        "DigestMissing,RegistryNotAllowed"),
                Arguments.of("Undecided", List.of(recorded, undecided, warns), "registries", "PolicyUnreadable"),
                Arguments.of("Undecided", List.of(nobodys), "", "NamespaceUnknown"),
                Arguments.of(
                        "Undecided", List.of(nobodys, undecided), "registries", "NamespaceUnknown,PolicyUnreadable"),
                Arguments.of("Warned", List.of(recorded, warns), "registries", "RegistryNotAllowed"),
                Arguments.of("Allowed", List.of(), "production,registries", ""),
                Arguments.of("Allowed", List.of(recorded), "production,registries", "ImageInvalid"));
    }

    @ParameterizedTest
    @MethodSource("columns")
    void theColumnsNameWhatMadeTheDecisionAndWithAnAllowedWhatMatched(
            String outcome, List<DecisionEntry.Reason> reasons, String policy, String reason) {
        DecisionRecordSpec spec = RecordMapping.record(entry(outcome, reasons)).getSpec();
        assertThat(spec.policy()).isEqualTo(policy);
        assertThat(spec.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 1, 0", "32, 32, 0", "33, 32, 1", "1000, 32, 968"})
    void whatIsNotShownIsCounted(int found, int shown, int omitted) {
        DecisionRecordSpec spec = RecordMapping.record(entry(
                        "Warned",
                        IntStream.range(0, found)
                                .mapToObj(i -> reason("production", "Warns", "Code" + i))
                                .toList()))
                .getSpec();
        assertThat(spec.reasons()).hasSize(shown);
        assertThat(spec.reasonsOmitted()).isEqualTo(omitted);
    }

    @Test
    void equalReasonsAreAllShown() {
        DecisionEntry.Reason other = reason("registries", "Warns", "RegistryNotAllowed");
        DecisionRecordSpec spec = RecordMapping.record(entry("Denied", other, DENIAL, DENIAL, other))
                .getSpec();
        assertThat(spec.reasons()).extracting(ReasonSpec::effect).containsExactly("Denies", "Denies", "Warns", "Warns");
        assertThat(spec.reasonsOmitted()).isZero();
    }

    @Test
    void whatMadeTheDecisionIsShownBeforeEverythingElse() {
        List<DecisionEntry.Reason> reasons = new ArrayList<>(IntStream.range(0, 100)
                .mapToObj(i -> reason("a", "Recorded", "Code" + i))
                .toList());
        reasons.add(DENIAL);
        DecisionEntry entry = entry("Denied", reasons);
        assertThat(shown(entry)).hasSize(32);
        assertThat(shown(entry).getFirst().effect()).isEqualTo("Denies");
        assertThat(RecordMapping.record(entry).getSpec().reasonsOmitted()).isEqualTo(69);
    }

    @Test
    void aStatusCountsAndSaysWhatWasAnsweredOtherwise() {
        Amendment amendment = new Amendment(1, "entry-1", DECISION, "Undecided", false, "the disk is slow", AT);
        DecisionRecord record = RecordMapping.status(
                entry("Allowed"),
                new Tally(12, AT.plusSeconds(60), "entry-2", "uid-2"),
                Optional.of(amendment),
                Optional.of("Persisted"),
                false);
        assertThat(record.getStatus())
                .isEqualTo(new DecisionRecordStatus(
                        12,
                        "2026-11-25T10:01:00.123Z",
                        "entry-2",
                        "uid-2",
                        "entry entry-1 was answered Undecided, refused: the disk is slow",
                        "Persisted",
                        null));
        Amendment admitted = new Amendment(1, "entry-1", DECISION, "Undecided", true, "the disk is slow", AT);
        DecisionRecordStatus other = RecordMapping.status(
                        entry("Allowed"),
                        new Tally(1, AT, "e", ""),
                        Optional.of(admitted),
                        Optional.of("Evaporated"),
                        false)
                .getStatus();
        assertThat(other.amendment()).contains("let in");
        assertThat(other.applied()).as("a newer version's word").isNull();
    }

    /// Server-side apply owns every field it sends.
    @Test
    void aStatusHoldsIdentityAndStatusOnly() {
        DecisionRecord record = RecordMapping.status(
                entry("Denied", DENIAL), new Tally(1, AT, "e", ""), Optional.empty(), Optional.empty(), false);
        JsonNode sent = JSON.valueToTree(record);
        assertThat(sent.path("spec").isMissingNode() || sent.path("spec").isNull())
                .isTrue();
        assertThat(record.getMetadata().getNamespace()).isEqualTo("shop");
        assertThat(record.getMetadata().getLabels()).isNullOrEmpty();
        assertThat(record.getStatus().amendment()).isNull();
    }

    static Stream<Named<String>> hostile() {
        return Stream.of(
                Named.of("one byte each", "x".repeat(70_000)),
                Named.of("two bytes each", "é".repeat(70_000)),
                Named.of("two chars each", "😀".repeat(35_000)),
                Named.of("two chars each, out of step", "x" + "😀".repeat(35_000)),
                Named.of("half characters", "\uD83D".repeat(70_000)),
                Named.of("control characters", "\u0000\n\t".repeat(30_000)),
                Named.of("JSON", "{\"a\": [".repeat(10_000)));
    }

    /// Every text of the entry is that text, save the outcome, which is one of four words.
    private static DecisionEntry of(String outcome, String text, int items) {
        DecisionEntry.Reason reason = new DecisionEntry.Reason(
                text,
                text,
                text,
                "Denies",
                true,
                text,
                text,
                text,
                Optional.of(text),
                Optional.of(text),
                Optional.of(text),
                Optional.of("WayBack"),
                Optional.of(text));
        DecisionEntry.Reason other = new DecisionEntry.Reason(
                text,
                text,
                text,
                text,
                true,
                text,
                text,
                text,
                Optional.of(text),
                Optional.of(text),
                Optional.of(text),
                Optional.of("WayBack"),
                Optional.of(text));
        return new DecisionEntry(
                1,
                text,
                text,
                text,
                Instant.MAX,
                text,
                text,
                text,
                text,
                text,
                new DecisionEntry.Subject(text, text, "shop", text, text),
                text,
                text,
                outcome,
                true,
                Optional.of(text),
                IntStream.range(0, items)
                        .mapToObj(i -> new DecisionEntry.Policy(text, text, Long.MAX_VALUE))
                        .toList(),
                Integer.MAX_VALUE,
                IntStream.range(0, items)
                        .mapToObj(i -> i % 2 == 0 ? reason : other)
                        .toList(),
                text,
                Optional.of(text),
                Optional.of(text),
                Optional.of(text),
                Optional.of(new DecisionEntry.Owner(text, Optional.of(text), Optional.of(text))),
                Optional.of(text),
                Optional.of(true),
                Optional.of(false));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void nothingIsLongerThanTheCrdLetsIn(String text) throws IOException {
        for (String outcome : List.of("Allowed", "Warned", "Denied", "Undecided")) {
            DecisionEntry entry = of(outcome, text, 200);
            Amendment amendment = new Amendment(1, text, text, text, true, text, Instant.MAX);
            Found spec = held(RecordMapping.record(entry));
            Found status = held(RecordMapping.status(
                    entry,
                    new Tally(Long.MAX_VALUE, Instant.MAX, text, text),
                    Optional.of(amendment),
                    Optional.of(text),
                    true));
            assertThat(spec.faults()).isEmpty();
            assertThat(status.faults()).isEmpty();
            assertThat(spec.cut()).as("texts that were cut").isGreaterThan(32 * 9 + 64 * 2 + 15);
            assertThat(status.cut()).isEqualTo(3);
        }
    }

    @Test
    void whatFitsIsNotCut() throws IOException {
        Found spec = held(RecordMapping.record(entry("Denied", DENIAL)));
        assertThat(spec.faults()).isEmpty();
        assertThat(spec.cut()).isZero();
        assertThat(spec.texts()).isGreaterThan(25);
        String longest = "😀".repeat(63);
        Found fits = held(RecordMapping.record(entry("Denied", reason(longest, "Denies", longest))));
        assertThat(fits.faults()).isEmpty();
        assertThat(fits.cut()).isZero();
    }

    private static Found held(DecisionRecord record) throws IOException {
        return CrdBounds.held("crds/decisionrecords.interlock.dev-v1.yml", record);
    }

    @Test
    void theEventOfADenialSaysWhoWhyAndWhichRecordAndEqualOnesShareAName() {
        NamespaceEvents.Told told = DecisionEvents.told(entry("Denied", DENIAL), AT);
        assertThat(told.name()).isEqualTo(DECISION.substring(0, 32) + ".denied");
        assertThat(told.type()).isEqualTo("Warning");
        assertThat(told.reason()).isEqualTo("PromotionDenied");
        assertThat(told.note())
                .contains("[images-pinned] container app: image `nginx` has no digest")
                .endsWith("Record: " + DECISION.substring(0, 32));
        assertThat(told.regarding().getNamespace())
                .isEqualTo(entry("Denied").subject().namespace());
    }

    @Test
    void theEventOfManyReasonsSaysThreeAndHowManyMore() {
        List<DecisionEntry.Reason> many = IntStream.range(0, 7)
                .mapToObj(i -> reason("production", "Warns", "Code" + i))
                .toList();
        assertThat(DecisionEvents.told(entry("Warned", many), AT).note()).contains("; +4 more. Record: ");
    }
}
