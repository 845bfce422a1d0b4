package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.ledger.Ledger;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Places;
import dev.interlock.ledger.Stored;
import dev.interlock.testing.Balancer;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Load;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Postgres;
import dev.interlock.testing.Progress;
import dev.interlock.testing.SetClock;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Three webhooks and two operators with one PostgreSQL database, each process with its own account and its own role.
class ReplicasIT {
    private static final String NAMESPACE = "replicas";
    private static final String STAGE = "replicated";
    private static final int MANY = Boolean.getBoolean("interlock.torture") ? 300 : 100;
    private static final int UNLIMITED = 1_000;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String OTHER = Manifests.GOOD_IMAGE.replace("aaaa", "bbbb");
    private static final String THIRD = Manifests.GOOD_IMAGE.replace("aaaa", "cccc");

    private static final Map<Interlock, SetClock> CLOCKS = new HashMap<>();

    private static ControlPlane plane;
    private static Places places;
    private static List<Interlock> webhooks;
    private static List<Interlock> operators;
    private static Balancer balancer;
    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;
    private static DriftEvents drift;

    @BeforeAll
    static void install() {
        plane = ControlPlane.start();
        places = Postgres.shared().fresh();
        webhooks = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> Interlock.replica(plane, Role.WEBHOOK, "webhook-" + i, places))
                .toList();
        operators = IntStream.rangeClosed(1, 2)
                .mapToObj(i -> Interlock.replica(plane, Role.OPERATOR, "operator-" + i, places))
                .toList();
        Stream.concat(webhooks.stream(), operators.stream())
                .forEach(process -> SetClock.of(process).ifPresent(clock -> CLOCKS.put(process, clock)));
        balancer = new Balancer(() -> webhooks);
        webhooks.getFirst().applyManifests(balancer.port());
        admin = plane.kubectl();
        promoter = plane.kubectl("promoter");
        tenant = plane.kubectl("tenant");
        drift = new DriftEvents(admin, NAMESPACE);
        all();
        admin.apply(Manifests.namespace(NAMESPACE, STAGE, "required")).ok();
        admin.apply(Manifests.path(NAMESPACE, STAGE, NAMESPACE)).ok();
        admin.apply(policy(UNLIMITED)).ok();
        admin.letEdit(NAMESPACE, "promoter", "tenant");
    }

    private static String policy(int maxOpenDrift) {
        return """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: replicas}
            spec:
              owner: {team: platform, contact: "#platform"}
              match: {stages: [%s]}
              mode: Enforce
              onUndecided: Deny
              checks:
              - {id: images-pinned, images: {digest: Required}}
              - {id: calm, stability: {maxOpenDrift: %d}}
            """.formatted(STAGE, maxOpenDrift);
    }

    @AfterAll
    static void remove() {
        webhooks.forEach(Interlock::kill);
        operators.forEach(Interlock::kill);
        balancer.close();
        plane.close();
    }

    @BeforeEach
    void everyProcessRuns() {
        all();
        balancer.all();
        admin.run("wait", "--for=condition=Ready", "pp/replicas", "--timeout=60s")
                .ok();
        await("no drift of another test").atMost(SOON).until(() -> drift.open().isEmpty());
    }

    private static void all() {
        Stream.concat(webhooks.stream(), operators.stream()).forEach(Interlock::launch);
        webhooks.forEach(Interlock::awaitReady);
        await("one operator leads").atMost(SOON).until(() -> leaders().size() == 1);
    }

    private static List<Interlock> leaders() {
        return operators.stream().filter(Interlock::ready).toList();
    }

    private static Interlock leader() {
        return leaders().getFirst();
    }

    private static Interlock standby() {
        return operators.stream()
                .filter(each -> !each.equals(leader()))
                .findFirst()
                .orElseThrow();
    }

    private static String deployment(String name, String image) {
        return Manifests.idle(NAMESPACE, name, image);
    }

    @Test
    void thousandRandomReviewsGetTheSameAnswerFromEveryReplica() {
        List<DirectCaller> callers = webhooks.stream().map(DirectCaller::new).toList();
        Random random = new Random(11);
        List<String> images =
                List.of(Manifests.GOOD_IMAGE, Manifests.BAD_IMAGE, OTHER, "UPPER/case:1", "nginx", "a@sha256:12", "");
        List<String> reviews = IntStream.range(0, 1_000)
                .mapToObj(i -> DirectCaller.review(
                        "random-" + i,
                        random.nextInt(10) == 0 ? "default" : NAMESPACE,
                        "app-" + random.nextInt(20),
                        images.get(random.nextInt(images.size())),
                        true))
                .toList();
        List<CompletableFuture<List<JsonNode>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (String review : reviews) {
                answers.add(CompletableFuture.supplyAsync(() -> answers(callers, review), threads));
            }
        }
        int denied = 0;
        for (int i = 0; i < reviews.size(); i++) {
            List<JsonNode> each = answers.get(i).join();
            assertThat(each).as(reviews.get(i)).allMatch(each.getFirst()::equals);
            denied += each.getFirst().path("allowed").asBoolean() ? 0 : 1;
        }
        assertThat(denied).isBetween(100, 900);
    }

    private static List<JsonNode> answers(List<DirectCaller> callers, String review) {
        return callers.stream()
                .map(caller -> DirectCaller.response(
                        caller.post("/admit/required", review).orElseThrow()))
                .toList();
    }

    @Test
    void law10_rollbackPassesOnAReplicaThatDidNotMakeTheApproval() {
        enforce(policy(0));
        try {
            balancer.only(webhooks.subList(0, 1));
            reconnect();
            promoter.apply(deployment("rolled-back", Manifests.GOOD_IMAGE)).ok();
            promoter.apply(deployment("rolled-back", OTHER)).ok();
            balancer.only(webhooks.subList(1, 2));
            reconnect();
            tenant.run("set", "image", "deployment/rolled-back", "app=" + THIRD, "-n", NAMESPACE)
                    .ok();
            await("drift").atMost(SOON).until(() -> drift.open().size() == 1);
            balancer.only(webhooks.subList(2, 3));
            reconnect();
            await("new content is denied")
                    .atMost(SOON)
                    .until(() -> promoter.apply(deployment("rolled-back", THIRD.replace("cccc", "dddd")))
                            .err()
                            .contains("[calm]"));
            assertThat(promoter.apply(deployment("rolled-back", Manifests.GOOD_IMAGE))
                            .ok()
                            .err())
                    .contains("WayBack");
            await("it is restored").atMost(SOON).until(() -> drift.open().isEmpty());
        } finally {
            enforce(policy(UNLIMITED));
        }
    }

    private static void enforce(String policy) {
        admin.apply(policy).ok();
        await("every webhook to decide by it")
                .atMost(SOON)
                .until(() -> admin.run(
                                "get",
                                "pp",
                                "replicas",
                                "-o",
                                "jsonpath={.metadata.generation}={.status.observedGeneration}"
                                        + "{.status.conditions[?(@.type==\"Ready\")].status}")
                        .ok()
                        .out()
                        .matches("([0-9]+)=\\1True"));
    }

    /// The API server keeps its connection to the replica that it has: it is ended, so that the next one is asked.
    private static void reconnect() {
        balancer.cut();
    }

    @Test
    void policyIsReadyOnlyWhenEveryLiveWebhookDecidesByIt() {
        Interlock slow = webhooks.getLast();
        balancer.only(webhooks.subList(0, 2));
        slow.signal(Role.WEBHOOK, "STOP");
        try {
            admin.apply(policy(3)).ok();
            String seen = admin.run(
                            "wait",
                            "--for=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}=False",
                            "pp/replicas",
                            "--timeout=12s")
                    .ok()
                    .out();
            Progress.say(seen.strip());
            assertThat(admin.run(
                                    "get",
                                    "pp",
                                    "replicas",
                                    "-o",
                                    "jsonpath={.status.conditions[?(@.type==\"Ready\")].message}")
                            .ok()
                            .out())
                    .contains("webhook-3");
            // Its Lease ends, and with it its say.
            admin.run("wait", "--for=condition=Ready", "pp/replicas", "--timeout=40s")
                    .ok();
        } finally {
            slow.signal(Role.WEBHOOK, "CONT");
            enforce(policy(UNLIMITED));
        }
    }

    /// Creates through the API server, and what was refused though nothing is wrong with it. At a pace: the same
    /// machine has to start processes meanwhile.
    private static Load creates(String prefix, Queue<String> failed) {
        return creates(prefix, failed, Duration.ofMillis(100));
    }

    /// @param pause of each of four between two of its requests
    private static Load creates(String prefix, Queue<String> failed, Duration pause) {
        KubernetesClient client = Interlock.client(plane, "promoter");
        return new Load(4, pause, i -> {
            try {
                client.resource(deployment("%s-%d".formatted(prefix, i), Manifests.GOOD_IMAGE))
                        .create();
            } catch (KubernetesClientException e) {
                failed.add(String.valueOf(e.getMessage()));
            }
        });
    }

    @Test
    void rollingRestartUnderLoadFailsNoRequest() {
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        try (Load load = creates("rolling", failed)) {
            for (Interlock webhook : webhooks) {
                webhook.stop();
                int before = load.done();
                await("requests go on").atMost(SOON).until(() -> load.done() > before + 20);
                webhook.start();
            }
            Progress.say("%d creates during a rolling restart".formatted(load.done()));
        }
        assertThat(failed).isEmpty();
    }

    @Test
    void webhookKilledUnderLoadFailsNoRequestThatComesAfter() {
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        try (Load load = creates("killed-webhook", failed)) {
            for (Interlock webhook : webhooks.subList(0, Boolean.getBoolean("interlock.torture") ? 3 : 1)) {
                webhook.kill();
                int before = load.done();
                await("requests go on").atMost(SOON).until(() -> load.done() > before + 20);
                Progress.say(
                        "%d of %d creates failed until the killed one was out".formatted(failed.size(), load.done()));
                failed.clear();
                int after = load.done();
                await("requests go on").atMost(SOON).until(() -> load.done() > after + 100);
                assertThat(failed).isEmpty();
                webhook.start();
            }
        }
    }

    private static void assertOneEach(String prefix) {
        drift.assertOneEach(prefix, MANY, leader());
        admin.run("delete", "deployment", "--all", "-n", NAMESPACE, "--wait=false")
                .ok();
    }

    private static String deployments(String prefix, String image) {
        return Manifests.idle(NAMESPACE, prefix, MANY, image);
    }

    /// Lets a tenant edit many, and calls back when some of the drifts are visible.
    private static void whileDriftsAppear(String prefix, Runnable interruption) throws Exception {
        promoter.apply(deployments(prefix, Manifests.GOOD_IMAGE)).ok();
        leader().awaitDrift();
        CompletableFuture<Kubectl.Result> edits =
                CompletableFuture.supplyAsync(() -> tenant.apply(deployments(prefix, OTHER)));
        await("some of them")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> drift.startingWith(prefix).size() >= MANY / 10);
        interruption.run();
        edits.get().ok();
    }

    @Test
    void leaderKilledInTheMiddleOfManyDriftsLosesNoneAndMakesNoneTwice() throws Exception {
        Interlock killed = leader();
        Interlock other = standby();
        whileDriftsAppear("leader-killed", () -> {
            killed.kill();
            other.awaitReady();
        });
        assertOneEach("leader-killed");
    }

    @Test
    void leaderThatStopsAndWakesUpAfterItsTurnLosesNoneAndMakesNoneTwice() throws Exception {
        Interlock stopped = leader();
        Interlock other = standby();
        whileDriftsAppear("leader-stopped", () -> {
            stopped.signal(Role.OPERATOR, "STOP");
            try {
                other.awaitReady();
            } finally {
                stopped.signal(Role.OPERATOR, "CONT");
            }
        });
        assertOneEach("leader-stopped");
        assertThat(stopped.running(Role.OPERATOR))
                .as("losing its turn does not end the process")
                .isTrue();
        await("it waits again")
                .atMost(SOON)
                .until(() -> stopped.get(Role.OPERATOR, "/health/ready")
                        .filter(ready -> ready.body().contains("another operator writes"))
                        .isPresent());
        assertThat(other.ready()).isTrue();
    }

    private static String readySince() {
        return admin.run(
                        "get",
                        "pp",
                        "replicas",
                        "-o",
                        "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}"
                                + " {.status.conditions[?(@.type==\"Ready\")].lastTransitionTime}")
                .ok()
                .out();
    }

    private static long gaps() {
        try (LedgerReader ledger = LedgerReader.open(places.ledger())) {
            return ledger.notes().stream()
                    .filter(Stored.GapBegan.class::isInstance)
                    .count();
        }
    }

    private static void set(Interlock process, int minutes) {
        Optional.ofNullable(CLOCKS.get(process)).ifPresent(clock -> clock.by(Duration.ofMinutes(minutes)));
    }

    /// A Lease of a webhook lasts 15 s: what would have been taken for dead would be by then.
    private static void pass(Load load) {
        int before = load.done();
        Instant since = Instant.now();
        await("requests go on")
                .atMost(SOON)
                .until(() -> load.done() > before + 100 && Instant.now().isAfter(since.plusSeconds(17)));
    }

    /// Leases, turns, deadlines and gaps are measured by no wall clock. Times that are written down are what it says.
    @Test
    void clocksThatAreSetByTenMinutesFailNoRequestAndMakeNoGapNoOtherLeaderAndNoDriftTwice() throws Exception {
        assumeThat(CLOCKS)
                .as("NOT TESTED: clocks that are set, for want of a C compiler")
                .isNotEmpty();
        Interlock leader = leader();
        Interlock other = standby();
        String ready = readySince();
        long gaps = gaps();
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        try {
            whileDriftsAppear("set-clock", () -> {
                try (Load load = creates("clocks", failed, Duration.ofMillis(400))) {
                    set(webhooks.get(0), 10);
                    set(webhooks.get(1), -10);
                    set(other, 10);
                    pass(load);
                    set(leader, -10);
                    pass(load);
                    set(webhooks.get(0), -10);
                    set(webhooks.get(1), 10);
                    pass(load);
                }
            });
            assertThat(leaders()).containsExactly(leader);
            assertOneEach("set-clock");
            assertThat(gaps()).as("no gap that never was").isEqualTo(gaps);
            assertThat(readySince()).as("Ready all the time").isEqualTo(ready);
        } finally { // forward, for the operator: from here on a gap may be there

            CLOCKS.values().forEach(clock -> clock.by(Duration.ZERO));
        }
        assertThat(failed).isEmpty();
        assertThat(Files.readString(leader.log())).as("it was set at all").contains("the clock was set by PT-");
        assertThat(leaders()).containsExactly(leader);
    }

    @Test
    void processThatCannotUseItsDatabaseEndsWithASentenceAndCode2() throws IOException {
        Interlock nobody = Interlock.replica(plane, Role.OPERATOR, "nobody", places);
        nobody.set("INTERLOCK_DATABASE_USER", "nobody");
        Places another = Postgres.shared().fresh();
        try (Ledger ledger = Ledger.open(another.admissions(), Ledger.Settings.DEFAULTS)) {
            ledger.belongsTo("another");
        }
        Interlock elsewhere = Interlock.replica(plane, Role.WEBHOOK, "elsewhere", another);
        nobody.launch();
        elsewhere.launch();
        assertThat(nobody.awaitEnd(Role.OPERATOR)).isEqualTo(2);
        assertThat(Files.readString(nobody.log()))
                .contains("Interlock does not start: ")
                .contains("does not accept this user and password");
        assertThat(elsewhere.awaitEnd(Role.WEBHOOK)).isEqualTo(2);
        assertThat(Files.readString(elsewhere.log()))
                .contains("is that of cluster another, and this is cluster ")
                .doesNotContain("secret-of-a-test");
    }
}
