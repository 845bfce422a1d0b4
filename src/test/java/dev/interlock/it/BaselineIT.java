package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Interlock comes to what runs already: nothing is denied, nothing is drift, and everything has its baseline.
class BaselineIT {
    private static final String NAMESPACE = "brownfield";
    private static final String STAGE = "brown";
    private static final int WORKLOADS = 300;
    private static final int BAD = 100;

    private static Interlock interlock;
    private static Kubectl admin;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        admin = ControlPlane.shared().kubectl();
        admin.apply(Manifests.namespace(NAMESPACE, STAGE, "")).ok();
        admin.apply(Manifests.policy("brown", STAGE, "Audit")).ok();
        Progress.say("making %d workloads beside Interlock".formatted(WORKLOADS));
        List<WorkloadKind> kinds = List.of(WorkloadKind.DEPLOYMENT, WorkloadKind.CRON_JOB, WorkloadKind.REPLICA_SET);
        String all = IntStream.range(0, WORKLOADS)
                .mapToObj(i -> Manifests.workload(
                        kinds.get(i % kinds.size()),
                        NAMESPACE,
                        "old-%03d".formatted(i),
                        Manifests.podSpec(i < BAD ? Manifests.BAD_IMAGE : Manifests.GOOD_IMAGE)))
                .collect(Collectors.joining("---\n"));
        admin.apply(all).ok();
        await("the controllers to have made Pods")
                .atMost(Duration.ofMinutes(2))
                .until(() -> admin.run("get", "pods", "-n", NAMESPACE, "-o", "name")
                                .out()
                                .lines()
                                .count()
                        >= WORKLOADS * 2 / 3);
    }

    @AfterAll
    static void remove() {
        admin.run("delete", "pp/brown", "--ignore-not-found").ok();
        admin.run("delete", "namespace", NAMESPACE, "--wait=false").ok();
        interlock.awaitRecords();
    }

    private static List<DecisionEntry> decisions(String trigger) {
        try (LedgerReader ledger = LedgerReader.open(interlock.operatorLedger())) {
            return ledger.after(0, Integer.MAX_VALUE).stream()
                    .filter(Stored.Decided.class::isInstance)
                    .map(row -> ((Stored.Decided) row).entry())
                    .filter(entry -> entry.subject().namespace().equals(NAMESPACE)
                            && entry.trigger().equals(trigger))
                    .toList();
        }
    }

    private static String status(String field) {
        return admin.run("get", "pp", "brown", "-o", "jsonpath={.status." + field + "}")
                .ok()
                .out();
    }

    @Test
    void whatRanBeforeGetsOneBaselineEachAndNothingElse() {
        double denied = interlock.metric("interlock_decisions_total", "outcome=\"Denied\"", "policy=\"brown\"");
        admin.run("label", "namespace", NAMESPACE, "interlock.dev/gate=required")
                .ok();
        await("%d baselines".formatted(WORKLOADS))
                .atMost(Duration.ofMinutes(1))
                .until(() -> decisions("Baseline").size() >= WORKLOADS);
        interlock.awaitDrift();

        List<DecisionEntry> baselines = decisions("Baseline");
        assertThat(baselines).hasSize(WORKLOADS);
        assertThat(baselines.stream().map(entry -> entry.subject().uid()).distinct())
                .hasSize(WORKLOADS);
        assertThat(baselines).allMatch(entry -> entry.approves().equals(Optional.of(false)));
        assertThat(new DriftEvents(admin, NAMESPACE).all()).isEmpty();
        assertThat(interlock.metric("interlock_decisions_total", "outcome=\"Denied\"", "policy=\"brown\""))
                .isEqualTo(denied);
        await().atMost(Duration.ofSeconds(20)).until(() -> status("wouldDeny").equals(Integer.toString(BAD)));
        assertThat(status("wouldDenyNames[19]")).isNotEmpty();
        assertThat(status("wouldDenyNames[*]").split("brownfield/")).hasSize(21);
        assertThat(status("wouldDenyNames[0]")).isEqualTo("CronJob brownfield/old-001");

        // A second look, after a restart, adds nothing.
        interlock.stop();
        interlock.start();
        interlock.awaitDrift();
        assertThat(decisions("Baseline")).hasSize(WORKLOADS);
        assertThat(decisions("Reassessment")).isEmpty();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> status("matchedObjects").equals(Integer.toString(WORKLOADS)));
        assertThat(status("deniedLastDay")).isEqualTo("0");
        assertThat(new DriftEvents(admin, NAMESPACE).all()).isEmpty();

        // What changes by hand before anybody approved anything is found in the inventory and is no drift.
        admin.run(
                "set", "image", "deployment/old-150", "app=" + Manifests.GOOD_IMAGE.replace('a', 'd'), "-n", NAMESPACE);
        admin.run("scale", "deployment/old-000", "--replicas=0", "-n", NAMESPACE)
                .ok();
        interlock.awaitDrift();
        assertThat(new DriftEvents(admin, NAMESPACE).all()).isEmpty();

        // Another policy, and what it would deny is counted before it denies anything.
        admin.apply(Manifests.policy("brown", STAGE, "Audit", "{digest: Optional, registries: [other.example.com/]}"))
                .ok();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            String counted = status("observedGeneration}/{.status.wouldDeny");
            assertThat(counted).as("what the policy before would deny").isNotEqualTo("2/" + BAD);
            return counted.equals("2/" + WORKLOADS);
        });
        assertThat(decisions("Reassessment")).isNotEmpty();
        String row = admin.run("get", "pp", "brown").ok().out();
        assertThat(row).containsPattern("brown +Audit +True +300 +0 +300 +0 +[0-9]");
        assertThat(new DriftEvents(admin, NAMESPACE).all()).isEmpty();
    }
}
