package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/// A governed resource, as kubectl names it.
public enum ResourceName {
    @JsonProperty("pods")
    PODS,
    @JsonProperty("replicationcontrollers")
    REPLICATION_CONTROLLERS,
    @JsonProperty("deployments.apps")
    DEPLOYMENTS,
    @JsonProperty("replicasets.apps")
    REPLICA_SETS,
    @JsonProperty("statefulsets.apps")
    STATEFUL_SETS,
    @JsonProperty("daemonsets.apps")
    DAEMON_SETS,
    @JsonProperty("jobs.batch")
    JOBS,
    @JsonProperty("cronjobs.batch")
    CRON_JOBS
}
