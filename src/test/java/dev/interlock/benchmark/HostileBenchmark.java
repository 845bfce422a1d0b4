package dev.interlock.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.benchmark.Vegeta.Answer;
import dev.interlock.benchmark.Vegeta.Pace;
import dev.interlock.benchmark.Vegeta.Request;
import dev.interlock.benchmark.Vegeta.Server;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/// What others wait for a decision while expressions are evaluated that would hold up an admission (catalogue
/// 20, 32): those of `cel/hostile.yaml`, over an object of 1.2 MB or of 40 KB, five in a request, which is as much as
/// one request may cost. The others are asked an expression too, by the same threads. A large object costs
/// something by itself, so that is compared with objects as large of which little is asked. All of it is dry
/// runs, straight to the webhook.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Timeout(time = 40, timeUnit = TimeUnit.MINUTES)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dinterlock.benchmark=true"})
public class HostileBenchmark {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ASKED = 100;
    private static final int SECONDS = 6;
    private static final int TOGETHER = 5;
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final String PATH = "/admit/required?timeout=" + DEADLINE.toSeconds() + "s";
    private static final String ORDINARY = "ordinary";
    private static final String LARGE = "large";
    private static final String QUIET = "nobody else";

    /// Refused before it is read.
    private static final String NO_ROOM = "no room";

    /// Who else asks.
    ///
    /// @param hostile   whether expressions are asked that cost too much
    /// @param texts     how many arguments the object has; 50,000 make 1.2 MB
    /// @param perSecond how often
    private record Others(boolean hostile, int texts, int perSecond) {
        String name() {
            return "%d %s of %s a second"
                    .formatted(perSecond, hostile ? "hostile" : "large", texts == LARGEST ? "1.2 MB" : "40 KB");
        }

        /// What may become of a review. Of the small objects some expressions come to an end.
        Set<String> ends() {
            String decided = hostile ? "Undecided" : "Allowed";
            return texts == LARGEST ? Set.of(decided, "Busy", NO_ROOM) : Set.of(decided, "Denied", "Busy", NO_ROOM);
        }
    }

    private static final int LARGEST = 50_000;
    private static final int ORDINARY_SIZE = 1_500;

    private static final List<Others> OTHERS = List.of(
            new Others(true, ORDINARY_SIZE, 3),
            new Others(true, ORDINARY_SIZE, 10),
            new Others(false, LARGEST, 1),
            new Others(true, LARGEST, 1),
            new Others(false, LARGEST, 3),
            new Others(true, LARGEST, 3),
            new Others(false, LARGEST, 15),
            new Others(true, LARGEST, 15));

    private Programs programs;
    private ControlPlane plane;
    private Interlock interlock;
    private Server server;
    private Vegeta vegeta;
    private Vegeta others;
    private int groups;

    @Setup
    public void install() throws IOException {
        programs = Programs.build();
        vegeta = new Vegeta(programs.vegeta(), programs.directory());
        others = new Vegeta(
                programs.vegeta(), Files.createDirectories(programs.directory().resolve("others")));
        plane = ControlPlane.start();
        interlock = Interlock.prepareApart(plane);
        interlock.applyManifests();
        interlock.start();
        List<String> expressions = expressions();
        groups = (expressions.size() + TOGETHER - 1) / TOGETHER;
        Kubectl admin = plane.kubectl();
        admit(admin, ORDINARY, List.of("workload.containers.all(c, c.?securityContext.?runAsNonRoot.orValue(false))"));
        admit(admin, LARGE, List.of("variables.args.size() + variables.few.size() + variables.big.size() > 0"));
        for (int group = 0; group < groups; group++) {
            int end = Math.min(expressions.size(), (group + 1) * TOGETHER);
            admit(admin, hostile(group), expressions.subList(group * TOGETHER, end));
        }
        admin.run("wait", "--for=condition=Ready", "pp", "--all", "--timeout=60s")
                .ok();
        interlock.kill(Role.OPERATOR);
        Path authority = programs.directory().resolve("interlock.pem");
        Files.writeString(authority, interlock.trusted());
        server = Server.of(interlock, authority);
        Progress.say("warming up");
        vegeta.post(server, new Pace.Closed(8), ordinary(20_000));
        OTHERS.forEach(each -> beside(each, 4));
    }

    /// What is refused before it is stored costs no request anything.
    private static List<String> expressions() throws IOException {
        try (InputStream in = Objects.requireNonNull(HostileBenchmark.class.getResourceAsStream("/cel/hostile.yaml"))) {
            JsonNode rows = new ObjectMapper(new YAMLFactory()).readTree(in);
            return StreamSupport.stream(rows.spliterator(), false)
                    .filter(row -> !row.path("ends").asText().equals("refused"))
                    .map(row -> row.path("expression").asText())
                    .toList();
        }
    }

    private static String hostile(int group) {
        return "hostile-" + group;
    }

    /// Makes a namespace, and a policy of these expressions for it.
    private static void admit(Kubectl admin, String name, List<String> expressions) {
        String checks = IntStream.range(0, expressions.size())
                .mapToObj(i -> "  - {id: expression-%d, expression: %s}".formatted(i, text(expressions.get(i))))
                .collect(Collectors.joining("\n"));
        admin.apply("""
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: %1$s}
                spec:
                  owner: {team: platform, contact: "#platform"}
                  match: {stages: [%1$s]}
                  mode: Enforce
                  onUndecided: Deny
                  variables:
                  - {name: args, expression: "object.spec.template.spec.containers[0].args"}
                  - {name: few, expression: "object.spec.template.spec.containers[1].args"}
                  - {name: big, expression: object.metadata.annotations.big}
                  checks:
                %2$s
                """.formatted(name, checks)).ok();
        admin.apply(Manifests.namespace(name, name, "required")).ok();
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Benchmark
    public void hostileExpressions() throws IOException {
        List<String> subjects = new ArrayList<>(List.of(QUIET));
        OTHERS.forEach(each -> subjects.add(each.name()));
        Comparison comparison = new Comparison(subjects, QUIET);
        comparison.measure(
                "%d a second".formatted(ASKED),
                (subject, _) -> OTHERS.stream()
                        .filter(each -> each.name().equals(subject))
                        .findFirst()
                        .map(each -> beside(each, SECONDS))
                        .orElseGet(() -> ask(SECONDS)));
        Files.writeString(programs.directory().resolve("hostile-expressions.md"), comparison.table());
        Progress.say("hostile expressions:%n%s".formatted(comparison.table()));
    }

    /// The others begin before and end after.
    private Block beside(Others each, int seconds) {
        String object = object(each.texts);
        List<Request> requests = IntStream.range(0, each.perSecond * (seconds + 3))
                .mapToObj(i ->
                        new Request(PATH, Deployments.review(each.hostile ? hostile(i % groups) : LARGE, object)))
                .toList();
        Block block;
        try (Vegeta.Posting posting = others.begin(server, new Pace.Open(each.perSecond), requests)) {
            boolean over = posting.endsWithin(Duration.ofSeconds(1));
            block = ask(seconds);
            if (over || posting.endsWithin(Duration.ZERO)) {
                throw new IllegalStateException("%s: they were not there all the time".formatted(each.name()));
            }
        }
        List<Answer> answers = others.answers().each();
        List<Long> latencies = answers.stream().map(Answer::nanos).sorted().toList();
        Map<String, Long> ends =
                answers.stream().collect(Collectors.groupingBy(HostileBenchmark::end, Collectors.counting()));
        Progress.say("%s: %s after %.0f to %.0f ms, webhook on %.2f processors"
                .formatted(
                        each.name(),
                        ends,
                        Block.millis(latencies, 0),
                        Block.millis(latencies, 1),
                        (double) block.cpu() / block.nanos()));
        if (!each.ends().containsAll(ends.keySet()) || latencies.getLast() > DEADLINE.toNanos()) {
            throw new IllegalStateException("%s: %s".formatted(each.name(), ends));
        }
        return block;
    }

    /// What became of a review; who is told to come again asks too often for what it costs.
    private static String end(Answer answer) {
        if (answer.status() == 503) {
            return NO_ROOM;
        }
        String outcome = answer.review().at("/auditAnnotations/outcome").asText("no answer " + answer.error());
        return outcome.equals("Undecided") && !answer.body().contains("the expression has no value")
                ? "unreadable"
                : outcome;
    }

    private Block ask(int seconds) {
        List<Request> requests = ordinary(ASKED * seconds);
        return Block.measure(
                vegeta,
                interlock.pid(Role.WEBHOOK),
                () -> vegeta.post(server, new Pace.Open(ASKED), requests),
                answers -> {
                    if (answers.size() != requests.size() || answers.stream().anyMatch(Answer::refused)) {
                        throw new IllegalStateException("not all were let in");
                    }
                });
    }

    private static List<Request> ordinary(int many) {
        String review = Deployments.review(ORDINARY, Deployments.json(ORDINARY, "asked", Manifests.GOOD_IMAGE));
        return IntStream.range(0, many).mapToObj(_ -> new Request(PATH, review)).toList();
    }

    /// What `cel/hostile.yaml` says of the object, or the same in the small.
    private static String object(int texts) {
        List<String> args =
                IntStream.range(0, texts).mapToObj("arg-%06d"::formatted).toList();
        Deployment deployment = new DeploymentBuilder(Deployments.of(LARGE, "asked", Manifests.GOOD_IMAGE))
                .editMetadata()
                .addToAnnotations("big", "a".repeat(10 * texts))
                .endMetadata()
                .editSpec()
                .editTemplate()
                .editSpec()
                .editContainer(0)
                .withArgs(args)
                .endContainer()
                .editContainer(1)
                .withArgs(args.subList(0, 20))
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
        return Serialization.asJson(deployment);
    }

    @TearDown
    public void stop() {
        interlock.close();
        plane.close();
    }
}
