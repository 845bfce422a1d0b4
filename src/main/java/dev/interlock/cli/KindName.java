package dev.interlock.cli;

import dev.interlock.workload.WorkloadKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The names by which kubectl takes governed kinds.
final class KindName {
    private KindName() {}

    /// The kind that is called so: `deploy`, `deployment`, `Deployments` and `deployments.apps` are one.
    static Optional<WorkloadKind> of(String name) {
        String word = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(WorkloadKind.values())
                .filter(kind -> names(kind).anyMatch(word::equals))
                .findFirst();
    }

    private static Stream<String> names(WorkloadKind kind) {
        String group = kind.groupVersionResource().group();
        return Stream.of(kind.kind().toLowerCase(Locale.ROOT), kind.resource(), shortName(kind))
                .flatMap(name -> Stream.of(name, group.isEmpty() ? name : name + "." + group));
    }

    static String shortName(WorkloadKind kind) {
        return switch (kind) {
            case POD -> "po";
            case REPLICATION_CONTROLLER -> "rc";
            case DEPLOYMENT -> "deploy";
            case REPLICA_SET -> "rs";
            case STATEFUL_SET -> "sts";
            case DAEMON_SET -> "ds";
            case JOB -> "job";
            case CRON_JOB -> "cj";
        };
    }

    static String all() {
        return Arrays.stream(WorkloadKind.values())
                .map(kind -> kind.kind().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
