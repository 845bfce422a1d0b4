package dev.interlock.admission;

import dev.interlock.workload.Node;
import java.util.Optional;
import java.util.Set;

/// The request of an AdmissionReview (`admission.k8s.io/v1`), as far as it is needed. Texts are empty where
/// the field is absent.
///
/// @param groups     of the user
/// @param apiVersion of the object, as the webhook's rules ask for it, for example `apps/v1`
/// @param resource   the plural name of what the rules ask for
/// @param object     the object as it is about to be stored; empty for DELETE
/// @param oldObject  the stored object; empty for CREATE
record Review(
        String uid,
        String apiVersion,
        String kind,
        String resource,
        String subresource,
        String name,
        String namespace,
        String operation,
        String username,
        Set<String> groups,
        boolean dryRun,
        Optional<Node.Obj> object,
        Optional<Node.Obj> oldObject) {}
