package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Load;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Ready means enforced: at no moment does a violation get in for want of a policy.
class ReadinessIT {
    private static final String NAMESPACE = "readiness";
    private static final String OPTIONAL = "readiness-optional";
    private static final String DENIED = "denied by policy";

    /// Half of them in order, half by `kill -9`.
    private static final int RESTARTS = Boolean.getBoolean("interlock.torture") ? 20 : 6;

    private static Interlock interlock;
    private static Kubectl kubectl;
    private static KubernetesClient client;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        client = Interlock.client(ControlPlane.shared(), "admin");
        kubectl.apply(Manifests.namespace(NAMESPACE, "readiness", "required")).ok();
        kubectl.apply(Manifests.namespace(OPTIONAL, "readiness", "optional")).ok();
        kubectl.apply(Manifests.policy("readiness", "readiness", "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/readiness", "--timeout=30s")
                .ok();
    }

    @AfterAll
    static void close() {
        interlock.awaitRecords();
        client.close();
    }

    /// Not a Pod: equal denials of a Deployment share one entry, so that the load leaves no backlog of records to the
    /// tests that follow.
    private static Deployment deployment(String namespace, String name) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage(Manifests.BAD_IMAGE)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /// Tries to create what violates.
    ///
    /// @param refusals what a refusal may say: that a policy denied it, or also that nobody was there to ask
    /// @return whether the API server let it in
    private static boolean admitted(String namespace, String name, String... refusals) {
        try {
            client.resource(deployment(namespace, name)).create();
            return true;
        } catch (KubernetesClientException e) {
            assertThat(e.getMessage()).containsAnyOf(refusals);
            return false;
        }
    }

    @Test
    void restartsUnderViolatingLoadAdmitNothing() {
        DirectCaller direct = new DirectCaller(interlock);
        Queue<String> let = new ConcurrentLinkedQueue<>();
        AtomicInteger answers = new AtomicInteger();
        try (Load throughTheApiServer = new Load(2, i -> {
                    if (admitted(NAMESPACE, "restart-" + i % 4, DENIED, "failed calling webhook", "connect")) {
                        let.add("through the API server: restart-" + i);
                    }
                });
                Load straight = new Load(2, i -> {
                    String path = i % 2 == 0 ? "/admit/required" : "/admit/optional";
                    String namespace = i % 2 == 0 ? NAMESPACE : OPTIONAL;
                    direct.post(
                                    path,
                                    DirectCaller.review("direct-" + i, namespace, "direct", Manifests.BAD_IMAGE, true))
                            .ifPresent(answer -> {
                                answers.incrementAndGet();
                                if (DirectCaller.response(answer)
                                        .path("allowed")
                                        .asBoolean()) {
                                    let.add(path + ": " + answer.body());
                                }
                            });
                })) {
            for (int restart = 1; restart <= RESTARTS; restart++) {
                if (restart % 2 == 0) {
                    interlock.kill();
                } else {
                    interlock.stop();
                }
                interlock.start();
                int before = answers.get();
                await("the load to be answered after restart " + restart)
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> answers.get() > before + 10);
                if (restart % 2 == 0) {
                    Progress.say("%d of %d restarts, %d direct answers, %d creates"
                            .formatted(restart, RESTARTS, answers.get(), throughTheApiServer.done()));
                }
            }
            assertThat(straight.done()).isPositive();
        }
        assertThat(let).isEmpty();
    }

    @Test
    void afterReadyTwoHundredViolatingCreatesAdmitNone() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "ready-" + round;
            kubectl.apply(Manifests.namespace(name, name, "required")).ok();
            kubectl.apply(Manifests.policy(name, name, "Enforce")).ok();
            kubectl.run("wait", "--for=condition=Ready", "pp/" + name, "--timeout=30s")
                    .ok();
            AtomicInteger let = new AtomicInteger();
            ExecutorService threads = Executors.newFixedThreadPool(8);
            List<Future<?>> creates = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String violating = "violating-" + i;
                creates.add(threads.submit(() -> let.addAndGet(admitted(name, violating, DENIED) ? 1 : 0)));
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            for (Future<?> create : creates) {
                create.get();
            }
            assertThat(let.get()).as("round %d", round).isZero();
        }
    }

    /// With everything else in place: the rights to read policies are what is missing.
    @Test
    void portStaysClosedWhilePoliciesCannotBeLoaded() {
        DirectCaller direct = new DirectCaller(interlock);
        interlock.stop();
        try {
            for (String role : List.of("interlock-webhook", "interlock-operator")) {
                assertThat(kubectl.run("get", "clusterrole", role, "-o", "jsonpath={.rules[0].resources[0]}")
                                .ok()
                                .out())
                        .isEqualTo("promotionpolicies");
                kubectl.run(
                                "patch",
                                "clusterrole",
                                role,
                                "--type=json",
                                "-p",
                                "[{\"op\":\"remove\",\"path\":\"/rules/0\"}]")
                        .ok();
            }
            interlock.launch();
            await("readiness to say what is missing, for longer than it takes to load what can be loaded")
                    .during(Duration.ofSeconds(10))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> interlock
                            .get("/health/ready")
                            .filter(ready -> ready.statusCode() == 503
                                    && ready.body().contains("policies, paths and namespaces to be loaded"))
                            .isPresent());
            assertThat(direct.post(
                            "/admit/optional", DirectCaller.review("u", OPTIONAL, "x", Manifests.BAD_IMAGE, true)))
                    .as("nobody listens")
                    .isEmpty();
        } finally {
            interlock.applyManifests();
        }
        interlock.awaitReady();
        assertThat(DirectCaller.response(direct.post(
                                        "/admit/optional",
                                        DirectCaller.review("u", OPTIONAL, "x", Manifests.BAD_IMAGE, true))
                                .orElseThrow())
                        .path("allowed")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void readyIsNotSaidWhileNoWebhookRuns() {
        kubectl.apply(Manifests.namespace("unready", "unready", "required")).ok();
        interlock.stop();
        kubectl.apply(Manifests.policy("unready", "unready", "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/unready", "--timeout=2s")
                .refused();
        interlock.start();
        kubectl.run("wait", "--for=condition=Ready", "pp/unready", "--timeout=30s")
                .ok();
    }

    @Test
    void case27_policyUpdatedFiveHundredTimesUnderViolatingLoadAdmitsNothing() {
        Queue<String> let = new ConcurrentLinkedQueue<>();
        try (Load load = new Load(3, i -> {
            if (admitted(NAMESPACE, "updated-" + i % 4, DENIED)) {
                let.add("updated-" + i);
            }
        })) {
            var policies = client.genericKubernetesResources("interlock.dev/v1alpha1", "PromotionPolicy");
            for (int i = 0; i < 500; i++) {
                String contact = "#platform-" + i;
                policies.withName("readiness")
                        .patch(
                                io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                                        io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
                                "{\"spec\":{\"owner\":{\"contact\":\"%s\"}}}".formatted(contact));
            }
            assertThat(load.done()).isGreaterThan(50);
        }
        assertThat(let).isEmpty();
        assertThat(kubectl.run("get", "pp", "readiness", "-o", "jsonpath={.metadata.generation}")
                        .ok()
                        .out())
                .isEqualTo("501");
    }
}
