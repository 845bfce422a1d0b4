package dev.interlock.cli;

import dev.interlock.decision.CheckId;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.DeliveryPath.PathStage;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Promoters;
import dev.interlock.decision.Tightening;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.decision.check.Stable;
import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.GateState;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import dev.interlock.workload.WorkloadKind;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A cluster in memory: a service `checkout` of team payments, in production in namespace `shop` under policy
/// `production`; what a test adds to it.
class World implements ClusterView {
    static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    static final Owner PAYMENTS = new Owner("payments", "#payments-oncall", "#payments-leads");
    static final Owner PLATFORM = new Owner("platform", "#platform");

    final List<Space> spaces = new ArrayList<>();
    final List<Guard> guards = new ArrayList<>();
    final List<DeliveryPath> paths = new ArrayList<>();
    final List<Live> live = new ArrayList<>();
    final List<Decided> decided = new ArrayList<>();
    final List<Drift> drifts = new ArrayList<>();
    final List<Release> released = new ArrayList<>();

    /// What the person may not list.
    final List<String> forbidden = new ArrayList<>();

    /// What the gate is, and what comes of a dry run, one after the other; the last for ever.
    final List<GateState> gates = new ArrayList<>(List.of(new GateState.Whole()));
    final List<Probe> probes = new ArrayList<>(List.of(new Probe.Answered("mtls")));
    final List<String> probed = new ArrayList<>();

    /// What the API server has, what it asks about, and what it publishes, by group and version.
    final List<GateEntry> gateEntries = new ArrayList<>();

    /// After which one entry less is there with each look.
    private boolean removed;

    final List<Served> served = new ArrayList<>(
            List.of(new Served("", "v1", "pods", "", "Pod", true, Set.of("create", "patch", "update"))));
    final Map<String, List<Shaped>> shapes = new HashMap<>();

    /// What the API server says of groups whose servers do not answer.
    Optional<String> silent = Optional.empty();

    Recorded answer = new Recorded.As("images-pinned-x7k2p");

    static World empty() {
        return new World();
    }

    static World shop() {
        World world = new World();
        world.spaces.add(space("shop", "production", "required"));
        world.paths.add(path("checkout", "production", "shop", Map.of("app", "checkout")));
        world.guards.add(new Guard(policy("production", List.of()), true));
        world.live.add(deployment("checkout"));
        return world;
    }

    static Space space(String name, String stage, String gate) {
        return new Space(name, Map.of(Stage.LABEL, stage, "interlock.dev/gate", gate));
    }

    static DeliveryPath path(String service, String stage, String namespace, Map<String, String> labels) {
        return new DeliveryPath(
                service,
                service,
                PAYMENTS,
                new LabelSelector(labels, List.of()),
                List.of(new PathStage(
                        new Stage(stage), Set.of(namespace), new Promoters(Set.of("ci"), Set.of("releasers")))));
    }

    /// With `images-pinned` in Warn and `stable` (at most 2 open) in Enforce.
    static Policy.Loaded policy(String name, List<Tightening> tightenings) {
        return new Policy.Loaded(
                new PolicyRef(name, "uid-" + name, 3),
                new Match(Set.of("production"), LabelSelector.EVERYTHING),
                OnUndecided.DENY,
                PLATFORM,
                List.of(
                        new ConfiguredCheck(
                                new CheckId("images-pinned"),
                                Mode.WARN,
                                Optional.empty(),
                                Optional.empty(),
                                new ImagesAllowed(true, List.of(), List.of())),
                        new ConfiguredCheck(
                                new CheckId("stable"),
                                Mode.ENFORCE,
                                Optional.empty(),
                                Optional.empty(),
                                new Stable(Optional.of(2L), Optional.empty()))),
                tightenings);
    }

    static Tightening tightening(String check, Optional<String> service, Duration left) {
        return new Tightening(
                new CheckId(check),
                service,
                check.equals("stable") ? Optional.empty() : Optional.of(Mode.ENFORCE),
                check.equals("stable") ? Map.of("maxOpenDrift", 0L) : Map.of(),
                "3 drifts in 1h",
                List.of("drift-a", "drift-b", "drift-c"),
                NOW.minus(Duration.ofHours(1)),
                NOW.plus(left));
    }

    static Live deployment(String name) {
        return live(WorkloadKind.DEPLOYMENT, "shop", name, Optional.empty());
    }

    /// Labelled `app: <name>`; its uid is `uid-<kind>-<name>`.
    static Live live(WorkloadKind kind, String namespace, String name, Optional<Live> controller) {
        return new Live(
                kind,
                namespace,
                name,
                uid(kind.kind(), name),
                Map.of("app", name),
                controller.map(made -> made.kind().kind() + "/" + made.name()),
                controller.map(Live::uid),
                List.of("registry.example.com/" + name + "@sha256:1"));
    }

    static String uid(String kind, String name) {
        return "uid-%s-%s".formatted(kind, name);
    }

    static Subject subject(String name) {
        return new Subject("Deployment", "shop", name, uid("Deployment", name), "");
    }

    /// A decision about a Deployment in `shop`, so many minutes ago.
    static Decided decision(String name, String outcome, String trigger, long minutes, Finding... findings) {
        boolean admitted = !outcome.equals("Denied") && !outcome.equals("Undecided");
        Instant at = NOW.minus(Duration.ofMinutes(minutes));
        return new Decided(
                "d-%s-%s-%d".formatted(name, outcome.toLowerCase(Locale.ROOT), minutes),
                subject(name),
                outcome,
                admitted,
                "UPDATE",
                "production",
                List.of("production@3"),
                2,
                List.of(findings),
                0,
                trigger,
                "alice",
                "c0ffee",
                "entry-1",
                "ledger-1",
                at,
                at,
                1,
                Optional.of(admitted && trigger.equals("Admission")),
                Optional.of("checkout"),
                Optional.of(PAYMENTS),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    static Finding finding(String effect, Optional<String> remedy, Optional<String> tightened) {
        return new Finding(
                "production",
                "images-pinned",
                effect.equals("Warns") ? "Warn" : "Enforce",
                effect,
                "NotPinned",
                "spec.template.spec.containers[0].image",
                "container app: image `nginx:1` has no digest",
                remedy,
                Optional.of(PLATFORM),
                tightened,
                Optional.empty());
    }

    static Drift drift(String name, String drift, Optional<String> how) {
        return new Drift(
                "drift-" + name,
                subject(name),
                drift,
                "Edit",
                "production",
                "checkout",
                Optional.of(PAYMENTS),
                List.of(new Difference(
                        "/spec/template/spec/containers/0/image",
                        Optional.of("app@sha256:1"),
                        Optional.of("app@sha256:2"),
                        "kubectl-edit")),
                0,
                "/spec/template/spec/containers/0/image",
                "kubectl-edit",
                Optional.of("mallory"),
                NOW.minus(Duration.ofMinutes(30)),
                Optional.empty(),
                Optional.of("aaaa"),
                "bbbb",
                Optional.of("entry-1"),
                Optional.of("entry-2"),
                Optional.empty(),
                "ledger-1",
                how,
                how.map(_ -> NOW.toString()));
    }

    /// What a command did and said.
    record Ran(int exit, String out, String err) {}

    /// For commands that need none.
    static final Terminal.Connector NO_CLUSTER = (_, _) -> {
        throw new AssertionError("a cluster is asked");
    };

    Ran run(String... arguments) {
        return run((_, _) -> this, arguments);
    }

    /// Time goes by only where a command waits.
    static Ran run(Terminal.Connector connector, String... arguments) {
        return run(connector, "", arguments);
    }

    /// @param piped what is piped in
    static Ran run(Terminal.Connector connector, String piped, String[] arguments) {
        return run(connector, piped, false, arguments);
    }

    /// @param coloured whether the terminal shows colours
    static Ran run(Terminal.Connector connector, String piped, boolean coloured, String[] arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        int exit = Cli.run(
                new Terminal(
                        new ByteArrayInputStream(piped.getBytes(StandardCharsets.UTF_8)),
                        new PrintWriter(out),
                        new PrintWriter(err),
                        connector,
                        now::get,
                        time -> now.updateAndGet(instant -> instant.plus(time)),
                        "1.2.3",
                        coloured,
                        false),
                List.of(arguments));
        return new Ran(exit, out.toString(), err.toString());
    }

    @Override
    public String server() {
        return "https://cluster.example.com:6443";
    }

    @Override
    public String namespace() {
        return "shop";
    }

    @Override
    public Listed<GateState> gate() {
        return listed("validatingwebhookconfigurations", Stream.of(next(gates)));
    }

    @Override
    public Listed<GateEntry> gateEntries() {
        List<GateEntry> now = List.copyOf(gateEntries);
        if (removed && !gateEntries.isEmpty()) {
            gateEntries.removeFirst();
        }
        return listed("validatingwebhookconfigurations", now.stream());
    }

    @Override
    public Listed<Served> served() {
        return silent.map(what -> new Listed<>(served, Optional.of(what)))
                .orElseGet(() -> listed("/apis", served.stream()));
    }

    @Override
    public Listed<Shaped> shapes(String group, String version) {
        return listed("/openapi/v3", shapes.getOrDefault(group + "/" + version, List.of()).stream());
    }

    @Override
    public Listed<Probe> probe(String namespace, String name) {
        probed.add(namespace + "/" + name);
        return listed("deployments.apps", Stream.of(next(probes)));
    }

    @Override
    public Listed<Boolean> removeGate() {
        boolean there = !(gates.getFirst() instanceof GateState.Missing);
        gates.set(0, new GateState.Missing());
        removed = true;
        return listed("validatingwebhookconfigurations", Stream.of(there));
    }

    private static <T> T next(List<T> script) {
        return script.size() > 1 ? script.removeFirst() : script.getFirst();
    }

    private <T> Listed<T> listed(String resource, Stream<T> items) {
        return forbidden.contains(resource)
                ? Listed.missing("you may not list " + resource)
                : Listed.of(items.toList());
    }

    @Override
    public Listed<Space> namespaces(Optional<String> name) {
        return listed(
                "namespaces",
                spaces.stream().filter(space -> name.map(space.name()::equals).orElse(true)));
    }

    @Override
    public Listed<Guard> policies() {
        return listed("promotionpolicies.interlock.dev", guards.stream());
    }

    @Override
    public Listed<DeliveryPath> paths() {
        return listed("deliverypaths.interlock.dev", paths.stream());
    }

    @Override
    public Listed<Live> workloads(WorkloadKind kind, Optional<String> namespace) {
        return listed(
                kind.resource(),
                live.stream()
                        .filter(each -> each.kind() == kind)
                        .filter(each -> namespace.map(each.namespace()::equals).orElse(true)));
    }

    @Override
    public Listed<Live> workload(WorkloadKind kind, String namespace, String name) {
        return listed(
                kind.resource(),
                live.stream()
                        .filter(each -> each.kind() == kind
                                && each.namespace().equals(namespace)
                                && each.name().equals(name)));
    }

    @Override
    public Listed<Decided> decisions(Query query) {
        return listed(
                "decisionrecords.interlock.dev",
                decided.stream().filter(each -> about(query, each.name(), each.subject())));
    }

    @Override
    public Listed<Drift> drifts(Query query) {
        Predicate<Drift> state = drift -> !query.fields().containsKey(Query.STATE) || drift.open();
        return listed(
                "driftevents.interlock.dev",
                drifts.stream().filter(state).filter(each -> about(query, each.name(), each.subject())));
    }

    private static boolean about(Query query, String name, Subject subject) {
        return query.namespace().map(subject.namespace()::equals).orElse(true)
                && Map.of(Query.NAME, name, Query.SUBJECT_KIND, subject.kind(), Query.SUBJECT_NAME, subject.name())
                        .entrySet()
                        .stream()
                        .allMatch(each ->
                                each.getValue().equals(query.fields().getOrDefault(each.getKey(), each.getValue())));
    }

    @Override
    public String user() {
        return "alice";
    }

    @Override
    public Recorded release(Release release) {
        released.add(release);
        return answer;
    }

    @Override
    public void close() {}
}
