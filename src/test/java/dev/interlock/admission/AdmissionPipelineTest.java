package dev.interlock.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.decision.Caller;
import dev.interlock.decision.Checked;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Entry;
import dev.interlock.decision.EvidenceSource;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Gate;
import dev.interlock.decision.Journal;
import dev.interlock.decision.Journal.Journaled;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.workload.Node;
import dev.interlock.workload.Owner;
import dev.interlock.workload.RegistryPrefix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a person and a machine are told: the answer's bytes, without a server.
class AdmissionPipelineTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-25T10:00:00Z"));
    private static final Instant DEADLINE = Instant.parse("2026-11-25T10:00:03Z");

    private final List<Entry> journaled = new ArrayList<>();
    private final Journal durable = (entry, _) -> {
        journaled.add(entry);
        return CompletableFuture.completedFuture(new Journaled.Durable(entry.id()));
    };
    private final Journal full =
            (_, _) -> CompletableFuture.completedFuture(new Journaled.NotDurable("the disk is full"));

    private static final int SMALL = 1_000;
    private static final Workers HERE = new Workers(Runnable::run, Runnable::run, CLOCK);

    private static final Observer NOBODY = new Observer() {
        @Override
        public void decided(Decision decision, boolean dryRun) {}

        @Override
        public void took(Phase phase, Duration duration) {}

        @Override
        public void undecidable(String what) {}

        @Override
        public void evidenceMissing() {}
    };

    private static Policy policy(Mode mode, OnUndecided onUndecided) {
        return new Policy.Loaded(
                new PolicyRef("production", "policy-uid", 3),
                Match.ALL,
                onUndecided,
                new Owner("platform", "#platform"),
                List.of(Fixture.check(
                        "images-pinned",
                        mode,
                        new ImagesAllowed(true, List.of(RegistryPrefix.of("registry.example.com")), List.of()))),
                List.of());
    }

    private static EvidenceSource source(Policy... policies) {
        return (_, _) -> CompletableFuture.completedFuture(Fixture.evidence(policies));
    }

    private static Review review(boolean dryRun, String name, Node.Obj podSpec) {
        Node.Obj object = Fixture.deployment(podSpec)
                .object()
                .with("metadata", Fixture.obj("name", name, "namespace", "shop", "uid", "uid-1"));
        return new Review(
                "review-1",
                "apps/v1",
                "Deployment",
                "deployments",
                "",
                name,
                "shop",
                "CREATE",
                "jane",
                Set.of(),
                dryRun,
                Optional.of(object),
                Optional.empty());
    }

    private static Node.Obj images(String... images) {
        return Fixture.obj(
                "containers",
                IntStream.range(0, images.length)
                        .mapToObj(i -> Fixture.container("c" + i, images[i]))
                        .toList());
    }

    private JsonNode answer(EvidenceSource source, Journal journal, Review review, Gate gate) {
        AdmissionPipeline pipeline = new AdmissionPipeline(source, Fixture.EVALUATOR, journal, CLOCK, HERE, NOBODY);
        Answer answer = pipeline.review(review, SMALL, gate, Caller.UNVERIFIED, DEADLINE)
                .toCompletableFuture()
                .join();
        try {
            return JSON.readTree(Rendering.bytes(review.uid(), answer)).path("response");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode answer(Policy policy, Review review) {
        return answer(source(policy), durable, review, Gate.REQUIRED);
    }

    /// Nobody waits for an expression but who asked about it (case 32).
    @Test
    void case32_whatAsksExpressionsOrIsLargeIsEvaluatedByTheWorkers() {
        List<Runnable> waiting = new ArrayList<>();
        List<Runnable> large = new ArrayList<>();
        Journal durable = (_, _) -> CompletableFuture.completedFuture(new Journaled.Durable("u-1"));
        Review review = review(false, "checkout", images("nginx"));
        AdmissionPipeline plain = new AdmissionPipeline(
                source(policy(Mode.ENFORCE, OnUndecided.DENY)),
                Fixture.EVALUATOR,
                durable,
                CLOCK,
                new Workers(waiting::add, large::add, CLOCK),
                NOBODY);
        assertThat(plain.review(review, SMALL, Gate.REQUIRED, Caller.UNVERIFIED, DEADLINE)
                        .toCompletableFuture())
                .isCompleted();
        AdmissionPipeline asking = new AdmissionPipeline(
                source(Fixture.policy(
                        "p",
                        OnUndecided.DENY,
                        Fixture.check(
                                "expression",
                                Mode.ENFORCE,
                                new ExpressionHolds(
                                        Expression.bool("false", Variables.NONE),
                                        Optional.empty(),
                                        Optional.empty())))),
                Fixture.EVALUATOR,
                durable,
                CLOCK,
                new Workers(waiting::add, large::add, CLOCK),
                NOBODY);
        CompletableFuture<Answer> answer = asking.review(review, SMALL, Gate.REQUIRED, Caller.UNVERIFIED, DEADLINE)
                .toCompletableFuture();
        assertThat(answer).isNotCompleted();
        assertThat(waiting).hasSize(1);
        waiting.getFirst().run();
        assertThat(answer)
                .isCompletedWithValueMatching(made -> made instanceof Answer.Decided decided
                        && decided.decision().outcome().equals("Denied"));
        var _ = plain.review(review, Workers.LARGE + 1, Gate.REQUIRED, Caller.UNVERIFIED, DEADLINE);
        var _ = asking.review(review, Workers.LARGE + 1, Gate.REQUIRED, Caller.UNVERIFIED, DEADLINE);
        assertThat(waiting).hasSize(1);
        assertThat(large).hasSize(2);
    }

    @Test
    void whoWaitsTooLongIsToldToTryAgain() {
        List<Runnable> waiting = new ArrayList<>();
        AdmissionPipeline asking = new AdmissionPipeline(
                source(policy(Mode.ENFORCE, OnUndecided.DENY)),
                Fixture.EVALUATOR,
                durable,
                CLOCK,
                new Workers(Runnable::run, waiting::add, CLOCK),
                NOBODY);
        CompletableFuture<Answer> answer = asking.review(
                        review(false, "checkout", images("nginx")),
                        Workers.LARGE + 1,
                        Gate.REQUIRED,
                        Caller.UNVERIFIED,
                        CLOCK.instant().plusMillis(1))
                .toCompletableFuture();
        await().until(answer::isDone);
        assertThat(answer).isCompletedWithValue(new Answer.Busy());
        waiting.getFirst().run();
        assertThat(journaled).isEmpty();
    }

    @Test
    void denialSaysWhatWasRefusedByWhatWhyWhomToAskAndWhereToRead() {
        JsonNode response =
                answer(policy(Mode.ENFORCE, OnUndecided.DENY), review(false, "checkout", images("nginx:1.27")));
        String record = Decision.recordName(journaled.getFirst().decision().id());
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText())
                .isEqualTo(
                        "promotion of Deployment shop/checkout to production denied by policy production (1 of 1 checks violated): "
                                + "[images-pinned] container c0: image `nginx:1.27` has no digest; pin it as `docker.io/library/nginx@sha256:…`; "
                                + "container c0: image `nginx:1.27` is not from an allowed registry (registry.example.com). "
                                + "Owner platform, #platform. Record: kubectl describe decrec " + record + " -n shop");
    }

    @Test
    void denialIsMachineReadable() {
        JsonNode status = answer(
                        policy(Mode.ENFORCE, OnUndecided.DENY), review(false, "checkout", images("nginx:1.27")))
                .path("status");
        assertThat(status.path("code").asInt()).isEqualTo(403);
        assertThat(status.path("reason").asText()).isEqualTo("Forbidden");
        assertThat(status.at("/details/kind").asText()).isEqualTo("deployments");
        assertThat(status.at("/details/group").asText()).isEqualTo("apps");
        assertThat(status.at("/details/name").asText()).isEqualTo("checkout");
        assertThat(status.at("/details/causes")).hasSize(2).allSatisfy(cause -> {
            assertThat(cause.path("reason").asText()).isIn("DigestMissing", "RegistryNotAllowed");
            assertThat(cause.path("field").asText()).isEqualTo("spec.template.spec.containers[0].image");
            assertThat(cause.path("message").asText()).startsWith("[production/images-pinned] ");
        });
    }

    @Test
    void answerJoinsTheAuditLogWithTheLedger() {
        JsonNode annotations = answer(
                        policy(Mode.ENFORCE, OnUndecided.DENY), review(false, "checkout", images("nginx:1.27")))
                .path("auditAnnotations");
        assertThat(annotations.path("entry").asText()).isEqualTo("review-1");
        assertThat(annotations.path("decision").asText())
                .isEqualTo(journaled.getFirst().decision().id());
        assertThat(annotations.path("outcome").asText()).isEqualTo("Denied");
        assertThat(annotations.path("policies").asText()).isEqualTo("production@3");
    }

    @Test
    void manyViolationsStayWithinOneLineAndAllAreCauses() {
        String[] images = IntStream.range(0, 100)
                .mapToObj("registry-%d.example/team/app:1"::formatted)
                .toArray(String[]::new);
        JsonNode response = answer(policy(Mode.ENFORCE, OnUndecided.DENY), review(false, "checkout", images(images)));
        String message = response.at("/status/message").asText();
        assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
        assertThat(message)
                .contains(" more. Owner ")
                .containsPattern("Record: kubectl describe decrec [0-9a-f]{32} -n shop$");
        assertThat(response.at("/status/details/causes")).hasSize(200);
    }

    static Stream<Arguments> hostileNames() {
        return Stream.of(
                Arguments.of("case 25, 253 characters", "a".repeat(253)),
                Arguments.of("ANSI", "x\u001b[31mred"),
                Arguments.of("a line break", "x\ny"),
                Arguments.of("a paragraph separator", "x\u2029y"),
                Arguments.of("right-to-left override", "x\u202Ey"),
                Arguments.of("zero width", "x\u200By"),
                Arguments.of("half a surrogate", "x\uD800y"),
                Arguments.of("many bytes", "😀".repeat(250)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileNames")
    void case25_76_messageIsOneCleanLineWhateverTheNamesAre(String what, String name) {
        JsonNode response =
                answer(policy(Mode.ENFORCE, OnUndecided.DENY), review(false, name, images("a:1", "b" + name + ":1")));
        String message = response.at("/status/message").asText();
        assertThat(message).as(what).doesNotContainPattern("[\\p{Cntrl}\\u2028\\u2029\\u202E\\u200B]");
        assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
        assertThat(message).containsPattern("Record: kubectl describe decrec [0-9a-f]{32} -n shop$");
    }

    @Test
    void warningsAreAtMostThreeOfAtMost120Characters() {
        String[] images = IntStream.range(0, 10)
                .mapToObj(i -> "registry.example/" + "x".repeat(100) + i + ":1")
                .toArray(String[]::new);
        JsonNode response = answer(policy(Mode.WARN, OnUndecided.DENY), review(false, "checkout", images(images)));
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("warnings"))
                .hasSize(3)
                .allSatisfy(warning -> assertThat(warning.asText())
                        .hasSizeLessThanOrEqualTo(120)
                        .doesNotContain("\n"));
        assertThat(response.path("warnings").path(2).asText()).startsWith("+18 more: kubectl describe decrec ");
    }

    @Test
    void auditIsOnlyRecorded() {
        JsonNode response = answer(policy(Mode.AUDIT, OnUndecided.DENY), review(false, "checkout", images("nginx:1")));
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.has("warnings")).isFalse();
        assertThat(journaled.getFirst().decision().basis().reasons()).hasSize(2);
    }

    @Test
    void case71_dryRunGetsTheSameAnswerAndLeavesNoTrace() {
        JsonNode response = answer(policy(Mode.ENFORCE, OnUndecided.DENY), review(true, "checkout", images("nginx:1")));
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText()).endsWith("Record: none, this is a dry run");
        assertThat(response.path("auditAnnotations").has("entry")).isFalse();
        assertThat(journaled).isEmpty();
    }

    /// Whoever installs can tell a decision from an answer that nobody was asked for.
    @Test
    void dryRunOfALabelledObjectIsToldThatInterlockDecidedWhateverItDecided() {
        for (Mode mode : Mode.values()) {
            JsonNode response =
                    answer(policy(mode, OnUndecided.DENY), labelled(review(true, "checkout", images("nginx:1"))));
            assertThat(response.path("allowed").asBoolean()).isEqualTo(mode != Mode.ENFORCE);
            assertThat(response.path("warnings").path(0).asText())
                    .isEqualTo("check probe-1: Interlock answered, caller unverified");
        }
        Review real = labelled(review(false, "checkout", images("nginx:1")));
        assertThat(answer(policy(Mode.AUDIT, OnUndecided.DENY), real).has("warnings"))
                .isFalse();
    }

    private static Review labelled(Review review) {
        Node.Obj object = review.object().orElseThrow();
        return new Review(
                review.uid(),
                review.apiVersion(),
                review.kind(),
                review.resource(),
                review.subresource(),
                review.name(),
                review.namespace(),
                review.operation(),
                review.username(),
                review.groups(),
                review.dryRun(),
                Optional.of(object.with(
                        "metadata",
                        object.object("metadata").orElseThrow().with("labels", Fixture.obj(Checked.LABEL, "probe-1")))),
                review.oldObject());
    }

    @ParameterizedTest
    @EnumSource(OnUndecided.class)
    void law5_journalThatCannotWriteMakesAnAllowUndecided(OnUndecided onUndecided) {
        Review good = review(false, "checkout", images("registry.example.com/a@sha256:" + "0".repeat(64)));
        JsonNode response = answer(source(policy(Mode.ENFORCE, onUndecided)), full, good, Gate.REQUIRED);
        assertThat(response.path("allowed").asBoolean()).isEqualTo(onUndecided == OnUndecided.ALLOW);
        assertThat(response.at("/auditAnnotations/outcome").asText()).isEqualTo("Undecided");
        assertThat(response.path("auditAnnotations").has("entry")).isFalse();
        if (onUndecided == OnUndecided.ALLOW) {
            assertThat(response.path("warnings").path(0).asText())
                    .isEqualTo("EvidenceNotDurable: let in without evidence: the disk is full");
        } else {
            assertThat(response.at("/status/message").asText())
                    .isEqualTo(
                            "promotion of Deployment shop/checkout to production refused, because it could not be decided: "
                                    + "the disk is full. Record: none, the disk is full");
        }
    }

    @Test
    void law5_journalThatCannotWriteLetsNoViolationIn() {
        JsonNode response = answer(
                source(policy(Mode.ENFORCE, OnUndecided.ALLOW)),
                full,
                review(false, "checkout", images("nginx:1")),
                Gate.OPTIONAL);
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText()).endsWith("Record: none, the disk is full");
    }

    @ParameterizedTest
    @EnumSource(Gate.class)
    void case22_faultInAnyStepIsAnAnswerByTheGate(Gate gate) {
        EvidenceSource throwing = (_, _) -> {
            throw new IllegalStateException("bug");
        };
        EvidenceSource failing = (_, _) -> CompletableFuture.failedFuture(new IllegalStateException("bug"));
        Journal throwingJournal = (_, _) -> {
            throw new IllegalStateException("bug");
        };
        Journal failingJournal = (_, _) -> CompletableFuture.failedFuture(new IllegalStateException("bug"));
        Review good = review(false, "checkout", images("registry.example.com/a@sha256:" + "0".repeat(64)));
        Policy policy = policy(Mode.ENFORCE, OnUndecided.DENY);
        for (JsonNode response : List.of(
                answer(throwing, durable, good, gate),
                answer(failing, durable, good, gate),
                answer(source(policy), throwingJournal, good, gate),
                answer(source(policy), failingJournal, good, gate))) {
            assertThat(response.path("uid").asText()).isEqualTo("review-1");
            assertThat(response.path("allowed").asBoolean()).isEqualTo(gate == Gate.OPTIONAL);
        }
    }

    @Test
    void case10_generatedNameIsTakenFromTheObject() {
        Review unnamed = new Review(
                "review-1",
                "apps/v1",
                "Deployment",
                "deployments",
                "",
                "",
                "shop",
                "CREATE",
                "jane",
                Set.of(),
                false,
                Optional.of(Fixture.deployment("nginx").object()),
                Optional.empty());
        answer(policy(Mode.ENFORCE, OnUndecided.DENY), unnamed);
        assertThat(journaled.getFirst().decision().basis().request().subject().name())
                .isEqualTo("checkout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "CONNECT"})
    void operationThatIsNotGovernedPasses(String operation) {
        Review other = new Review(
                "review-1",
                "apps/v1",
                "Deployment",
                "deployments",
                "",
                "x",
                "shop",
                operation,
                "jane",
                Set.of(),
                false,
                Optional.empty(),
                Optional.empty());
        assertThat(answer(policy(Mode.ENFORCE, OnUndecided.DENY), other)
                        .path("allowed")
                        .asBoolean())
                .isTrue();
        assertThat(journaled).isEmpty();
    }

    @Test
    void kindThatIsNotGovernedPasses() {
        Review other = new Review(
                "review-1",
                "autoscaling/v1",
                "Scale",
                "deployments",
                "scale",
                "x",
                "shop",
                "UPDATE",
                "jane",
                Set.of(),
                false,
                Optional.of(Fixture.obj()),
                Optional.of(Fixture.obj()));
        assertThat(answer(policy(Mode.ENFORCE, OnUndecided.DENY), other)
                        .path("allowed")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void law9_unchangedContentSaysSoAndMakesNoEntry() {
        Node.Obj object = Fixture.deployment("nginx").object();
        Review same = new Review(
                "review-1",
                "apps/v1",
                "Deployment",
                "deployments",
                "",
                "checkout",
                "shop",
                "UPDATE",
                "jane",
                Set.of(),
                false,
                Optional.of(object),
                Optional.of(object));
        JsonNode response = answer(policy(Mode.ENFORCE, OnUndecided.DENY), same);
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.at("/auditAnnotations/unchanged").asText()).isEqualTo("true");
        assertThat(journaled).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10s=9750",
                "3s=2750",
                "2.5s=2250",
                "500ms=250",
                "100ms=50",
                "1m0s=2750",
                "nonsense=2750",
                "-1s=2750",
                "=2750"
            })
    void timeoutOfTheApiServerIsHonouredWithAMargin(String timeoutAndBudget) {
        String[] parts = timeoutAndBudget.split("=", -1);
        assertThat(Deadline.budget(parts[0]).toMillis()).isEqualTo(Long.parseLong(parts[1]));
        assertThat(Deadline.budget(null)).isEqualTo(Duration.ofMillis(2750));
    }
}
