package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.workload.WorkloadKind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AskedTest {
    @ParameterizedTest
    @CsvSource({
        "deploy,DEPLOYMENT",
        "deployment,DEPLOYMENT",
        "Deployments,DEPLOYMENT",
        "deployments.apps,DEPLOYMENT",
        "sts,STATEFUL_SET",
        "ds,DAEMON_SET",
        "rs,REPLICA_SET",
        "po,POD",
        "pods,POD",
        "job,JOB",
        "cj,CRON_JOB",
        "cronjobs.batch,CRON_JOB",
        "rc,REPLICATION_CONTROLLER"
    })
    void kindsAreCalledAsKubectlCallsThem(String called, WorkloadKind kind) {
        assertThat(Asked.of(List.of(called + "/checkout"))).isEqualTo(new Asked.Workload(kind, "checkout"));
        assertThat(Asked.of(List.of(called, "checkout"))).isEqualTo(new Asked.Workload(kind, "checkout"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"d-1f2e", "decrec/d-1f2e", "decisionrecord/d-1f2e", "drift/d-1f2e"})
    void oneNameIsARecordOrAnEvent(String words) {
        assertThat(Asked.of(List.of(words))).isEqualTo(new Asked.Evidence("d-1f2e"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "service/checkout|`service` is no kind that Interlock watches; it watches: pod, ",
                "deploy/|is no name that an object can have",
                "deploy/a,metadata.namespace=b|is no name that an object can have",
                "UPPER|is no name that an object can have"
            })
    void whatCannotBeAskedAboutIsAWrongCall(String words, String said) {
        assertThatThrownBy(() -> Asked.of(List.of(words)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining(said);
    }
}
