package dev.interlock.drift;

import dev.interlock.workload.Content;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.WorkloadKind;

/// A live object as drift sees it.
///
/// @param content  its significant content, masked with the salt of the ledger that holds the intents
/// @param template digest of its pod template; empty where it has none
public record Observation(ObjectRef ref, WorkloadKind kind, Content content, String template, Managers managers) {}
