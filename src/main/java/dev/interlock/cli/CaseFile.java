package dev.interlock.cli;

import dev.interlock.decision.Approvals;
import dev.interlock.decision.DriftFact;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Request;
import dev.interlock.decision.Requester;
import dev.interlock.decision.Trigger;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.PolicySet;
import dev.interlock.workload.Content;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectKind;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads cases of policies from a document of kind [#KIND]; `docs/pipeline.md` says what each field is. A
/// value in a case wins over the same of its file. Whatever names an object is the object itself, or the file
/// that it is in, relative to this one.
final class CaseFile {
    static final String API_VERSION = "test.interlock.dev/v1alpha1";
    static final String KIND = "PolicyTest";

    /// Fixed, so that a case says the same on every day.
    static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    private static final Set<String> DEFAULTS = Set.of("namespace", "user", "evidence");

    private final ManifestFiles files;
    private final Written root;
    private final PolicySet policies;

    private CaseFile(ManifestFiles files, Manifest manifest) {
        this.files = files;
        this.root = Written.of(manifest).only(with(DEFAULTS, "apiVersion", "kind", "policies", "cases"));
        this.policies = PolicySet.of(root.items("policies").stream()
                .flatMap(item -> objects(item).stream())
                .toList());
    }

    /// The cases of a document, in their order.
    ///
    /// @throws Problem where something in it cannot be used
    static List<PolicyCase> read(ManifestFiles files, Manifest manifest) {
        return new CaseFile(files, manifest).cases();
    }

    private static Set<String> with(Set<String> names, String... more) {
        Set<String> all = new HashSet<>(names);
        all.addAll(List.of(more));
        return all;
    }

    private List<PolicyCase> cases() {
        if (!root.manifest().apiVersion().equals(API_VERSION)) {
            throw root.refused("apiVersion", "a %s is read of apiVersion %s only".formatted(KIND, API_VERSION));
        }
        if (policies.policies().isEmpty()) {
            throw root.refused("policies", "`policies` names no PromotionPolicy; name the file of one");
        }
        List<PolicyCase> cases = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Written.Item item : root.items("cases")) {
            Written written = item.object().only(with(DEFAULTS, "name", "object", "oldObject", "expect"));
            if (!names.add(written.required("name"))) {
                throw item.refused("a case of this name is there already; name it by what is special about it");
            }
            cases.add(policyCase(written));
        }
        if (cases.isEmpty()) {
            throw root.refused("cases", "`cases` has no case; write one");
        }
        return cases;
    }

    private PolicyCase policyCase(Written written) {
        Manifest object = object(written.item("object"));
        Submitted submitted =
                object.kind().equals("AdmissionReview") ? reviewed(written, object) : submitted(written, object);
        Request request = Offline.request(
                Trigger.ADMISSION,
                submitted.subject(),
                submitted.subresource(),
                submitted.requester(),
                submitted.workload(),
                submitted.old(),
                submitted.dryRun());
        return new PolicyCase(
                written.manifest().file(),
                written.line(),
                written.required("name"),
                request,
                evidence(written, submitted.subject().namespace()),
                expectation(written));
    }

    /// What somebody asks of the API server.
    private record Submitted(
            ObjectRef subject,
            String subresource,
            Requester requester,
            Workload workload,
            Optional<Workload> old,
            boolean dryRun) {}

    private Submitted submitted(Written written, Manifest object) {
        ObjectKind kind = kind(object);
        String namespace = policies.namespace(
                kind, object, own(written, "namespace").text("namespace").orElse("default"));
        Optional<Manifest> old =
                written.has("oldObject") ? Optional.of(object(written.item("oldObject"))) : Optional.empty();
        return new Submitted(
                object.ref(namespace),
                "",
                requester(user(written).or(() -> user(root))),
                workload(kind, object.made(namespace)),
                old.map(stored -> workload(kind(stored), stored.made(namespace))),
                false);
    }

    /// As an API server would send it to the webhook.
    private Submitted reviewed(Written written, Manifest review) {
        for (String field : List.of("oldObject", "namespace", "user")) {
            if (written.has(field)) {
                throw written.refused(
                        written.at(field), "the AdmissionReview says `%s` already; take it out here".formatted(field));
            }
        }
        Written request = Written.of(review).part("request").orElseThrow(() -> lacks(review, "request"));
        boolean update = request.required("operation").equals("UPDATE");
        if (!update && !request.required("operation").equals("CREATE")) {
            throw request.refused(
                    request.at("operation"),
                    "the gate is asked about CREATE and UPDATE only, not about %s"
                            .formatted(request.required("operation")));
        }
        Manifest object = within(request, "object");
        ObjectKind kind = kind(request, object);
        String subresource = request.text("subResource").orElse("");
        if (kind instanceof OtherKind && !subresource.isEmpty()) {
            throw request.refused(
                    request.at("subResource"), "the gate is asked about `%s` of workloads only".formatted(subresource));
        }
        return new Submitted(
                object.ref(
                        switch (kind) {
                            case OtherKind _ ->
                                kind.namespace()
                                        ? ""
                                        : request.text("namespace").orElse("");
                            case WorkloadKind _ -> request.required("namespace");
                        }),
                subresource,
                requester(request.part("userInfo")),
                workload(kind, object),
                update ? Optional.of(workload(kind, within(request, "oldObject"))) : Optional.empty(),
                request.flag("dryRun").orElse(false));
    }

    /// Under the resource that the review names; where it names none, it is found.
    private ObjectKind kind(Written request, Manifest object) {
        return request.part("resource")
                .flatMap(resource -> resource.text("resource"))
                .filter(_ -> WorkloadKind.of(object.apiVersion(), object.kind()).isEmpty())
                .<ObjectKind>map(resource ->
                        new OtherKind(GroupVersionResource.of(object.apiVersion(), resource), object.kind()))
                .orElseGet(() -> kind(object));
    }

    private static Manifest within(Written request, String name) {
        Written part = request.part(name).orElseThrow(() -> lacks(request.manifest(), "request." + name));
        return part.manifest().at(part.path(), part.object());
    }

    private static Problem lacks(Manifest review, String field) {
        return Written.of(review).refused("request", "the AdmissionReview has no `%s`".formatted(field));
    }

    private static Optional<Written> user(Written written) {
        return written.part("user").map(user -> user.only(Set.of("username", "groups")));
    }

    private static Requester requester(Optional<Written> user) {
        return new Requester(
                user.flatMap(info -> info.text("username")).orElse(""),
                user.map(info -> Set.copyOf(info.texts("groups"))).orElse(Set.of()));
    }

    private ObjectKind kind(Manifest object) {
        return policies.kind(object)
                .orElseThrow(() -> new Problem(
                        ExitCode.USAGE,
                        "%s:%d: the gate is not asked about %s of %s; take a workload, or name its resource in `match.resources` of a policy"
                                .formatted(object.file(), object.line(), object.kind(), object.apiVersion())));
    }

    private static Workload workload(ObjectKind kind, Manifest object) {
        return Checking.of(object, governed -> {
            Workload workload = Workload.of(kind, governed.object());
            Offline.content(workload);
            return workload;
        });
    }

    /// The case, where it says something of that name, else its file.
    private Written own(Written written, String name) {
        return written.has(name) ? written : root;
    }

    private Evidence evidence(Written written, String namespace) {
        Map<String, String> labels = Offline.labels(namespace, Map.of());
        Evidences evidences = new Evidences(root.part("evidence"), written.part("evidence"));
        evidences.saying("namespaceLabels").ifPresent(said -> labels.putAll(said.map("namespaceLabels")));
        evidences.saying("stage").flatMap(said -> said.text("stage")).ifPresent(name -> labels.put(Stage.LABEL, name));
        return Offline.evidence(
                policies,
                evidences.saying("at").map(said -> instant(said, "at")).orElse(AT),
                labels,
                evidences.saying("approved").map(this::approvals).orElse(Approvals.NONE),
                evidences.saying("drift").map(CaseFile::drift).orElse(Map.of()));
    }

    /// What a file and one of its cases say is known.
    private record Evidences(Optional<Written> ofFile, Optional<Written> ofCase) {
        private static final Set<String> FIELDS = Set.of("stage", "namespaceLabels", "at", "approved", "drift");

        Evidences {
            ofFile.ifPresent(written -> written.only(FIELDS));
            ofCase.ifPresent(written -> written.only(FIELDS));
        }

        Optional<Written> saying(String name) {
            return ofCase.filter(written -> written.has(name)).or(() -> ofFile.filter(written -> written.has(name)));
        }
    }

    private static Instant instant(Written written, String name) {
        String text = written.required(name);
        try {
            return Instant.parse(text);
        } catch (DateTimeException _) {
            throw written.refused(written.at(name), "`%s` is no time; write it as %s".formatted(written.at(name), AT));
        }
    }

    private Approvals approvals(Written evidence) {
        Set<String> contents = new HashSet<>();
        Set<String> templates = new HashSet<>();
        for (Written.Item item : evidence.items("approved")) {
            Manifest object = object(item);
            Workload workload = workload(kind(object), object);
            Content content = Offline.content(workload);
            contents.add(content.digest());
            String template = content.template(workload.kind());
            if (!template.isEmpty()) {
                templates.add(template);
            }
        }
        return new Approvals(contents, templates);
    }

    private static Map<String, List<DriftFact>> drift(Written evidence) {
        Map<String, List<DriftFact>> drift = new HashMap<>();
        for (Written.Item item : evidence.items("drift")) {
            Written one = item.object().only(Set.of("service", "name", "since", "open", "continues"));
            String service = one.required("service");
            List<DriftFact> of = drift.computeIfAbsent(service, _ -> new ArrayList<>());
            of.add(new DriftFact(
                    one.text("name").orElse("drift-%d".formatted(of.size() + 1)),
                    service,
                    instant(one, "since"),
                    one.flag("open").orElse(true),
                    one.flag("continues").orElse(false)));
        }
        return drift;
    }

    private static Expectation expectation(Written written) {
        Written expect = written.part("expect")
                .orElseThrow(() -> written.refused(
                        written.path(), "`%s` is missing; say what has to come of it".formatted(written.at("expect"))))
                .only(Set.of("outcome", "reasons", "policies", "approves"));
        String outcome = expect.required("outcome");
        if (!Expectation.OUTCOMES.contains(outcome)) {
            throw expect.refused(
                    expect.at("outcome"),
                    "`%s` is no outcome; there are: %s".formatted(outcome, String.join(", ", Expectation.OUTCOMES)));
        }
        return new Expectation(
                outcome,
                expect.has("reasons")
                        ? Optional.of(expect.items("reasons").stream()
                                .map(CaseFile::named)
                                .toList())
                        : Optional.empty(),
                expect.has("policies") ? Optional.of(expect.texts("policies")) : Optional.empty(),
                expect.flag("approves"));
    }

    private static Expectation.Named named(Written.Item item) {
        Written reason = item.object().only(Set.copyOf(Expectation.Named.FIELDS));
        Map<String, String> fields = new HashMap<>();
        Expectation.Named.FIELDS.forEach(name -> reason.text(name).ifPresent(text -> fields.put(name, text)));
        return new Expectation.Named(fields);
    }

    private Manifest object(Written.Item item) {
        List<Manifest> objects = objects(item);
        if (objects.size() != 1) {
            throw item.refused("`%s` must name one object, and names %d; give each a file of its own"
                    .formatted(item.path(), objects.size()));
        }
        return objects.getFirst();
    }

    /// Written out, or in a file or a directory.
    private List<Manifest> objects(Written.Item item) {
        return switch (item.node()) {
            case Node.Obj object -> List.of(item.manifest().at(item.path(), object));
            case Node.Text(String name) ->
                files.read(List.of(Path.of(item.manifest().file())
                        .resolveSibling(name)
                        .normalize()
                        .toString()));
            default -> throw item.refused("`%s` must be an object, or the file of one".formatted(item.path()));
        };
    }
}
