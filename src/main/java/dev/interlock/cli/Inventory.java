package dev.interlock.cli;

import dev.interlock.decision.Claim;
import dev.interlock.kubernetes.ClusterView.Decided;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What really exists, and how it stands to what was decided.
record Inventory(List<Item> items, Instant now) {
    private static final List<String> HEADER = List.of(
            "namespace",
            "kind",
            "name",
            "service",
            "owner",
            "stage",
            "gate",
            "images",
            "lastDecision",
            "drift",
            "baseline");

    Inventory {
        items = List.copyOf(items);
    }

    /// One live object.
    ///
    /// @param owner empty where no single path claims it, or the paths could not be read
    record Item(
            Live live,
            String service,
            Optional<Owner> owner,
            String stage,
            String gate,
            Optional<Decided> last,
            DriftState drift,
            String driftEvent,
            boolean baseline) {}

    /// @param dependents whether what controllers made is shown too
    /// @param ungoverned whether namespaces are shown too that are under no gate and that no path lists
    static Inventory of(
            Estate estate, History history, List<Live> workloads, boolean dependents, boolean ungoverned, Instant now) {
        Map<String, Live> byUid = new HashMap<>();
        workloads.forEach(live -> byUid.put(live.uid(), live));
        return new Inventory(
                workloads.stream()
                        .filter(live -> dependents || live.root())
                        .filter(live -> ungoverned || estate.governed(live.namespace()))
                        .map(live -> item(estate, history, live, root(live, byUid)))
                        .sorted(Comparator.comparing((Item item) -> item.live().namespace())
                                .thenComparing(item -> item.live().kind())
                                .thenComparing(item -> item.live().name()))
                        .toList(),
                now);
    }

    /// What a dependent was made for in the end: it is claimed as its root is.
    private static Live root(Live live, Map<String, Live> byUid) {
        Live current = live;
        Set<String> seen = new HashSet<>();
        while (seen.add(current.uid())) {
            Optional<Live> controller = current.controllerUid().map(byUid::get);
            if (controller.isEmpty()) {
                return current;
            }
            current = controller.get();
        }
        return current;
    }

    private static Item item(Estate estate, History history, Live live, Live root) {
        Optional<Claim> claim = estate.claim(root);
        Optional<Decided> last = history.last(live);
        return new Item(
                live,
                claim.map(known -> known.service(live.namespace()))
                        .or(() -> last.flatMap(Decided::service))
                        .orElse("unknown"),
                claim.isPresent() ? claim.flatMap(Claim::owner) : last.flatMap(Decided::owner),
                estate.labels(live.namespace()).getOrDefault(Stage.LABEL, ""),
                estate.gate(live.namespace()),
                last,
                history.state(live, estate.watched(live.namespace())),
                history.drift(live).map(drift -> drift.name()).orElse(""),
                history.baseline(live));
    }

    Grid table() {
        return new Grid(
                HEADER,
                items.stream()
                        .map(item -> List.of(
                                item.live().namespace(),
                                item.live().kind().kind(),
                                item.live().name(),
                                item.service(),
                                item.owner().map(Owner::team).orElse(""),
                                item.stage(),
                                item.gate(),
                                String.join(" ", item.live().images()),
                                item.last()
                                        .map(last -> "%s %s".formatted(last.decision(), Plain.age(last.last(), now)))
                                        .orElse("none"),
                                item.drift().word(),
                                item.baseline() ? "yes" : "no"))
                        .toList());
    }

    Grid sheet() {
        return new Grid(
                List.of(
                        "namespace",
                        "kind",
                        "name",
                        "uid",
                        "controller",
                        "service",
                        "owner",
                        "contact",
                        "escalation",
                        "stage",
                        "gate",
                        "images",
                        "lastDecision",
                        "lastDecidedAt",
                        "decisionRecord",
                        "drift",
                        "driftEvent",
                        "baseline"),
                items.stream()
                        .map(item -> List.of(
                                item.live().namespace(),
                                item.live().kind().kind(),
                                item.live().name(),
                                item.live().uid(),
                                item.live().controller().orElse(""),
                                item.service(),
                                item.owner().map(Owner::team).orElse(""),
                                item.owner().map(Owner::contact).orElse(""),
                                item.owner().map(Owner::escalation).orElse(""),
                                item.stage(),
                                item.gate(),
                                String.join(" ", item.live().images()),
                                item.last().map(Decided::decision).orElse(""),
                                item.last().map(last -> last.last().toString()).orElse(""),
                                item.last().map(Decided::name).orElse(""),
                                item.drift().word(),
                                item.driftEvent(),
                                item.baseline() ? "yes" : "no"))
                        .toList());
    }

    Map<String, Object> json(List<String> missing) {
        return Json.object("workloads", items.stream().map(Inventory::json).toList(), "missing", missing);
    }

    private static Map<String, Object> json(Item item) {
        return Json.object(
                "namespace", item.live().namespace(),
                "kind", item.live().kind().kind(),
                "name", item.live().name(),
                "uid", item.live().uid(),
                "controller", item.live().controller(),
                "service", item.service(),
                "owner", OwnersReport.owner(item.owner().orElse(new Owner("", ""))),
                "stage", item.stage(),
                "gate", item.gate(),
                "images", item.live().images(),
                "lastDecision",
                        Json.object(
                                "outcome", item.last().map(Decided::decision),
                                "at", item.last().map(last -> last.last().toString()),
                                "record", item.last().map(Decided::name)),
                "drift", item.drift().word(),
                "driftEvent", item.driftEvent(),
                "baseline", item.baseline());
    }
}
