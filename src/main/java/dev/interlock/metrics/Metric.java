package dev.interlock.metrics;

import java.util.List;

/// Every metric that Interlock itself has: one place for names, units, labels and what they mean, from which
/// `docs/observability.md` is generated. Labels have closed or capped sets: never a namespace, an object's name or a
/// user.
public enum Metric {
    DECISIONS(
            Type.COUNTER,
            Half.WEBHOOK,
            "interlock.decisions",
            "",
            List.of("policy", "stage", "outcome", "mode"),
            "Decisions by each policy that matched (`none` where none did), and the strictest mode of its checks; dry runs left out. Beyond 2,000 combinations policy and stage become `overflow`."),
    VIOLATIONS(
            Type.COUNTER,
            Half.WEBHOOK,
            "interlock.violations",
            "",
            List.of("policy", "check", "stage", "effect"),
            "Violations and errors of checks, by what they did to the decision: `Denies`, `LeavesUndecided`, `Warns`, `Recorded`; dry runs left out. Beyond 2,000 combinations policy, check and stage become `overflow`."),
    DECISION_DURATION(
            Type.HISTOGRAM,
            Half.WEBHOOK,
            "interlock.decision.duration",
            "seconds",
            List.of("phase"),
            "How long each step of an admission takes: `receive`, `gather`, `evaluate`, `journal`, `respond`. All but `journal` also count the synthetic reviews of each start."),
    UNDECIDABLE(
            Type.COUNTER,
            Half.WEBHOOK,
            "interlock.undecidable",
            "",
            List.of("cause"),
            "Reviews without a decision (`malformed`, `broken`, `notGoverned`, `busy`) and requests that are none or are not taken (`http400`, `http404`, `http405`, `http408`, `http413`, `http429`, `http500`, `http503`), and connections that were closed at once because there are too many (`connections`). Absent until one occurs."),
    EVIDENCE_MISSING(
            Type.COUNTER,
            Half.WEBHOOK,
            "interlock.evidence.missing",
            "",
            List.of(),
            "Answers that admitted although their evidence is not durable. Should stay 0."),
    EVIDENCE_PENDING(
            Type.GAUGE,
            Half.WEBHOOK,
            "interlock.evidence.pending",
            "",
            List.of(),
            "Decisions on their way into the ledger."),
    EVIDENCE_OLDEST_PENDING(
            Type.GAUGE,
            Half.WEBHOOK,
            "interlock.evidence.oldest.pending",
            "seconds",
            List.of(),
            "How long the oldest of them has been; grows for as long as a disk hangs."),
    POLICIES_PROVEN(
            Type.GAUGE,
            Half.WEBHOOK,
            "interlock.policies.proven.age",
            "seconds",
            List.of(),
            "How long ago policies and paths were last held against what the API server has. Beyond 30 s nothing is decided by them."),
    POLICY_LOADED_GENERATION(
            Type.GAUGE,
            Half.WEBHOOK,
            "interlock.policy.loaded.generation",
            "",
            List.of("policy"),
            "The generation of each policy that this process decides by."),
    CERTIFICATE_EXPIRY(
            Type.GAUGE,
            Half.BOTH,
            "interlock.certificate.expiry.timestamp",
            "seconds",
            List.of("half", "certificate"),
            "When a certificate ends, in seconds since 1970: `serving` and `authority`, as the `webhook` serves and the gate trusts them, and as the `operator` finds them in the Secrets. `NaN` where there is none."),
    LEDGER_FREE(
            Type.GAUGE,
            Half.BOTH,
            "interlock.ledger.free",
            "bytes",
            List.of("half"),
            "What is free on the disk of the half's own ledger. Absent where that is a database."),
    BUILD_INFO(
            Type.GAUGE,
            Half.BOTH,
            "interlock.build.info",
            "",
            List.of("version"),
            "Always 1; the label says which version runs."),

    EVIDENCE_LATENCY(
            Type.HISTOGRAM,
            Half.OPERATOR,
            "interlock.evidence.latency",
            "seconds",
            List.of("step"),
            "From a decision to its DecisionRecord (`record`), and from seeing drift to its DriftEvent (`drift`). From a decision to its being durable is `interlock_decision_duration_seconds{phase=\"journal\"}`."),
    RECORDS_BACKLOG(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.records.backlog",
            "",
            List.of(),
            "Rows of both ledgers that are not visible as DecisionRecords yet."),
    DRIFT_ONSETS(
            Type.COUNTER,
            Half.OPERATOR,
            "interlock.drift.onsets",
            "",
            List.of("stage", "class"),
            "Drifts that began, those that continue another left out, by class: `Drifted`, `Bypassed`. Goes on counting over restarts, by the ledger. Beyond 500 stages they become `overflow`."),
    DRIFT_OPEN(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.drift.open",
            "",
            List.of("stage", "class"),
            "Drifts that are open. Beyond 500 stages they become `overflow`."),
    DRIFT_UNKNOWN(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.drift.unknown",
            "",
            List.of(),
            "1 while drift may be there that is not shown: the first look is not finished, a watch is dead, or changes wait for longer than 30 s."),
    DRIFT_BEHIND(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.drift.behind",
            "seconds",
            List.of(),
            "For how long the oldest change of a live object has not been looked at."),
    DRIFT_BACKLOG(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.drift.backlog",
            "",
            List.of(),
            "Drifts and their ends that are not visible as DriftEvents yet."),
    GOVERNED_OBJECTS(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.governed.objects",
            "",
            List.of("stage"),
            "Objects under a gate, those that Kubernetes' own controllers made left out. Beyond 500 stages they become `overflow`."),
    NAMESPACES(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.namespaces",
            "",
            List.of("gate"),
            "Namespaces behind each gate: `required`, `optional`, `none`."),
    GATE_GAP(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.gate.gap",
            "",
            List.of(),
            "1 while the gate does not ask about everything that it should."),
    POLICY_READY(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.policy.ready",
            "",
            List.of("policy"),
            "1 where every live webhook decides by the policy as it is stored, 0 where one does not."),
    TIGHTENED(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.tightened.services",
            "",
            List.of("policy", "check"),
            "For how many services feedback holds a check stricter than it is declared. Absent where for none."),
    EFFECTIVE_THRESHOLD(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.effective.threshold",
            "",
            List.of("policy", "check", "threshold"),
            "The strictest value that feedback has put in force, for any service. Absent where what is declared holds."),
    WATCH_LAST_EVENT_AGE(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.watch.last.event.age",
            "seconds",
            List.of("resource"),
            "How long ago the watch of a governed kind last told of a change. Absent before the first."),
    WATCH_DOWN(
            Type.GAUGE,
            Half.OPERATOR,
            "interlock.watch.down",
            "",
            List.of("resource"),
            "1 while a governed kind is not watched."),
    LEDGER_ROLLBACKS(
            Type.COUNTER,
            Half.OPERATOR,
            "interlock.ledger.rollbacks",
            "",
            List.of(),
            "Ledgers that went back since the process began, because an older copy was restored.");

    /// How Prometheus takes it.
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    /// Which half of Interlock has it.
    public enum Half {
        WEBHOOK,
        OPERATOR,
        BOTH
    }

    private final Type type;
    private final Half half;
    private final String meter;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // List.copyOf is immutable
    private final List<String> labels;

    private final String help;

    Metric(Type type, Half half, String meter, String unit, List<String> labels, String help) {
        this.type = type;
        this.half = half;
        this.meter = meter;
        this.unit = unit;
        this.labels = List.copyOf(labels);
        this.help = help;
    }

    public Type type() {
        return type;
    }

    public Half half() {
        return half;
    }

    public List<String> labels() {
        return labels;
    }

    /// What it is, for people; Markdown.
    public String help() {
        return help;
    }

    /// As Micrometer names it.
    String meter() {
        return meter;
    }

    /// The base unit; empty where it is a number of things.
    String unit() {
        return unit;
    }

    /// As Prometheus shows it.
    public String shown() {
        String name = (unit.isEmpty() ? meter : meter + "." + unit).replace('.', '_');
        return type == Type.COUNTER ? name + "_total" : name;
    }
}
