package dev.interlock.kubernetes;

import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.Policy;
import dev.interlock.workload.Owner;
import dev.interlock.workload.WorkloadKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a person may see of a cluster, read once, with that person's own rights, as plain values: what is
/// made of it can be tested without a cluster.
///
/// Each method that reads throws [Unavailable] where the cluster cannot be asked at all.
public interface ClusterView extends AutoCloseable {
    /// The API server's address.
    String server();

    /// The namespace that the person works in where they name none.
    String namespace();

    /// @param name of the one that is asked for; empty for all
    Listed<Space> namespaces(Optional<String> name);

    Listed<Guard> policies();

    Listed<DeliveryPath> paths();

    /// Every object of a kind, its dependents among them.
    Listed<Live> workloads(WorkloadKind kind, Optional<String> namespace);

    /// The object of that name; none where there is no such object.
    Listed<Live> workload(WorkloadKind kind, String namespace, String name);

    Listed<Decided> decisions(Query query);

    Listed<Drift> drifts(Query query);

    /// The person's name, as the API server authenticates them.
    String user();

    Recorded release(Release release);

    /// What the API server is told to ask.
    Listed<GateState> gate();

    /// What the API server is told to ask about, entry by entry: of the gate, and of what policies name beside
    /// workloads.
    Listed<GateEntry> gateEntries();

    /// Every resource and subresource that the API server has, in each of its versions.
    Listed<Served> served();

    /// What objects may hold, by their kind, as the API server publishes it; what is not published is not
    /// there.
    Listed<Shaped> shapes(String group, String version);

    /// Makes the API server ask about an object in a namespace that it does not make.
    ///
    /// @param name of the object: each time another, so that no answer is taken for another's
    Listed<Probe> probe(String namespace, String name);

    /// Takes the gate away.
    ///
    /// @return whether there was one
    Listed<Boolean> removeGate();

    @Override
    void close();

    /// What became of an object that is not made.
    sealed interface Probe {
        /// Interlock was asked, and answered.
        ///
        /// @param caller as records have it
        record Answered(String caller) implements Probe {}

        /// It was let in, and Interlock was not asked.
        record Unasked() implements Probe {}

        /// It was refused, and Interlock did not answer.
        ///
        /// @param message by which the API server refuses it
        record Failed(String message) implements Probe {}
    }

    /// An entry of a webhook configuration of ours.
    ///
    /// @param gates      values of [#LABEL] of the namespaces that it asks about
    /// @param equivalent whether it asks about a resource in whatever version the request is
    /// @param flaw       what it has, and why it does not ask about all that its rules name; empty where it does
    record GateEntry(String name, Set<String> gates, boolean equivalent, Optional<String> flaw, List<AskedRule> rules) {
        public static final String LABEL = "interlock.dev/gate";
        public static final Set<String> GATES = Set.of("optional", "required");

        public GateEntry {
            gates = Set.copyOf(gates);
            rules = List.copyOf(rules);
        }
    }

    /// A resource in one of its versions.
    ///
    /// @param subresource empty for the resource itself
    /// @param kind        of what is sent to it
    record Served(
            String group,
            String version,
            String resource,
            String subresource,
            String kind,
            boolean namespaced,
            Set<String> verbs) {
        public Served {
            verbs = Set.copyOf(verbs);
        }
    }

    /// What objects of a kind may hold.
    record Shaped(String kind, Shape shape) {}

    /// What a schema allows for.
    sealed interface Shape {
        /// Containers with an image.
        ///
        /// @param path of what has them
        record Template(String path) implements Shape {}

        /// Anything, so that nobody can know.
        ///
        /// @param path where; empty for all of it
        record Open(String path) implements Shape {}

        /// Fields that are known, and no containers with an image among them.
        record Closed() implements Shape {}
    }

    /// The cluster cannot be asked: it does not answer, does not know the person, or has no Interlock.
    final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message) {
            super(message);
        }
    }

    /// What could be read.
    ///
    /// @param missing what could not, and which right is missing for it, as one clause
    record Listed<T>(List<T> items, Optional<String> missing) {
        public Listed {
            items = List.copyOf(items);
        }

        public static <T> Listed<T> of(List<T> items) {
            return new Listed<>(items, Optional.empty());
        }

        public static <T> Listed<T> missing(String what) {
            return new Listed<>(List.of(), Optional.of(what));
        }
    }

    /// Which records or drift events.
    ///
    /// @param namespace empty for every one
    /// @param fields    selectable fields and their values
    record Query(Optional<String> namespace, Map<String, String> fields) {
        public static final String NAME = "metadata.name";
        public static final String SUBJECT_KIND = "spec.subject.kind";
        public static final String SUBJECT_NAME = "spec.subject.name";
        public static final String STATE = "status.state";

        public Query {
            fields = Map.copyOf(fields);
        }

        public static Query in(Optional<String> namespace) {
            return new Query(namespace, Map.of());
        }

        public static Query named(Optional<String> namespace, String name) {
            return new Query(namespace, Map.of(NAME, name));
        }

        public static Query about(String namespace, String kind, String name) {
            return new Query(Optional.of(namespace), Map.of(SUBJECT_KIND, kind, SUBJECT_NAME, name));
        }

        public static Query open(Optional<String> namespace) {
            return new Query(namespace, Map.of(STATE, "Open"));
        }
    }

    /// A namespace.
    record Space(String name, Map<String, String> labels) {
        public Space {
            labels = Map.copyOf(labels);
        }
    }

    /// A policy, and whether what it guards is watched for drift.
    ///
    /// @param watched the status of its condition DriftWatched is True
    record Guard(Policy policy, boolean watched) {}

    /// A live object of a governed kind.
    ///
    /// @param controller what made it, as `ReplicaSet/checkout-5d4`; empty for a root
    /// @param controllerUid empty for a root
    /// @param images     as written, in order of appearance
    record Live(
            WorkloadKind kind,
            String namespace,
            String name,
            String uid,
            Map<String, String> labels,
            Optional<String> controller,
            Optional<String> controllerUid,
            List<String> images) {
        public Live {
            labels = Map.copyOf(labels);
            images = List.copyOf(images);
        }

        public boolean root() {
            return controllerUid.isEmpty();
        }
    }

    /// What a record or an event is about.
    record Subject(String kind, String namespace, String name, String uid, String subresource) {
        /// As people write it: `Deployment shop/checkout`.
        @Override
        public String toString() {
            return "%s %s/%s%s"
                    .formatted(kind, namespace, name, subresource.isEmpty() ? "" : " (%s)".formatted(subresource));
        }
    }

    /// A decision record.
    ///
    /// @param policies those that matched, as `payments@3`
    /// @param content  SHA-256 of what was decided about
    /// @param approves empty where the record does not say
    /// @param applied  what became of what was let in; empty where it is not known
    record Decided(
            String name,
            Subject subject,
            String decision,
            boolean admitted,
            String operation,
            String stage,
            List<String> policies,
            int checks,
            List<Finding> findings,
            int omitted,
            String trigger,
            String requester,
            String content,
            String entry,
            String origin,
            Instant first,
            Instant last,
            long times,
            Optional<Boolean> approves,
            Optional<String> service,
            Optional<Owner> owner,
            Optional<String> applied,
            Optional<String> amendment,
            boolean recalled) {
        public Decided {
            policies = List.copyOf(policies);
            findings = List.copyOf(findings);
        }
    }

    /// One reason of a decision.
    record Finding(
            String policy,
            String check,
            String mode,
            String effect,
            String code,
            String path,
            String message,
            Optional<String> remedy,
            Optional<Owner> owner,
            Optional<String> tightened,
            Optional<String> relief) {}

    /// A drift event.
    ///
    /// @param drift Drifted or Bypassed
    /// @param how   it was resolved; empty where it is open
    record Drift(
            String name,
            Subject subject,
            String drift,
            String cause,
            String stage,
            String service,
            Optional<Owner> owner,
            List<Difference> differences,
            int omitted,
            String paths,
            String manager,
            Optional<String> requester,
            Instant onset,
            Optional<String> continues,
            Optional<String> approvedDigest,
            String observedDigest,
            Optional<String> approvedEntry,
            Optional<String> observedEntry,
            Optional<String> gap,
            String origin,
            Optional<String> how,
            Optional<String> resolvedAt) {
        public Drift {
            differences = List.copyOf(differences);
        }

        public boolean open() {
            return how.isEmpty();
        }
    }

    record Difference(String path, Optional<String> approved, Optional<String> observed, String manager) {}

    /// A person's end of a tightening.
    ///
    /// @param service empty for every service
    record Release(String policy, String check, Optional<String> service, String requester, String reason) {}

    /// What became of a release.
    sealed interface Recorded {
        record As(String name) implements Recorded {}

        record Refused(String why) implements Recorded {}
    }
}
