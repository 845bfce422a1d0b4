package dev.interlock.cli;

import dev.interlock.decision.Condition;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Operation;
import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.Scopes;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.Node;
import dev.interlock.workload.OtherKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What is amiss with policies that can be read: what cannot be meant, or will not help. A finding is certain,
/// or it is none: what depends on what a cluster has is not guessed.
///
/// @param policies in the order in which they are given
/// @param paths    empty: not known
/// @param scopes   of the resources that policies name
record PolicyLint(List<Source> policies, List<DeliveryPath> paths, Scopes scopes) {
    /// A denial names so many reasons; who meets more at once reads none of them, and goes round the gate.
    static final int MOST_ENFORCED = 5;

    /// A policy and where it is written.
    record Source(Policy.Loaded policy, Manifest manifest) {
        /// The checks in the order in which they are written.
        private List<Placed> checks() {
            List<Placed> checks = new ArrayList<>();
            for (ConfiguredCheck check : policy.checks()) {
                checks.add(new Placed(this, check, index(check)));
            }
            checks.sort(Comparator.comparingInt(Placed::index));
            return checks;
        }

        private int index(ConfiguredCheck check) {
            List<Node> items = spec().items("checks");
            for (int i = 0; i < items.size(); i++) {
                if (items.get(i)
                        .asObject("checks")
                        .text("id")
                        .equals(Optional.of(check.id().value()))) {
                    return i;
                }
            }
            return 0;
        }

        private Node.Obj spec() {
            return manifest.object().object("spec").orElse(Node.Obj.EMPTY);
        }

        /// Whether feedback makes that check stricter, or counts what it finds.
        private boolean feedsBack(ConfiguredCheck check) {
            return spec().get("feedback")
                    .filter(rules -> says(rules, check.id().value()))
                    .isPresent();
        }

        private static boolean says(Node node, String text) {
            return switch (node) {
                case Node.Text(String value) -> value.equals(text);
                case Node.Arr(List<Node> items) -> items.stream().anyMatch(item -> says(item, text));
                case Node.Obj object -> object.members().values().stream().anyMatch(item -> says(item, text));
                case Node.Int _, Node.Dec _, Node.Bool _, Node.Null _ -> false;
            };
        }

        String name() {
            return policy.ref().name();
        }
    }

    private record Placed(Source source, ConfiguredCheck check, int index) {
        String name() {
            return source.name() + "/" + check.id().value();
        }
    }

    /// What is looked for. Its word is stable: scripts know it.
    enum Rule {
        NEVER_MATCHES("never-matches", Severity.ERROR),
        UNKNOWN_STAGE("unknown-stage", Severity.WARNING),
        UNDECIDED_ALLOWED("undecided-allowed", Severity.WARNING),
        UPDATES_ONLY("updates-only", Severity.WARNING),
        MANY_ENFORCED("many-enforced", Severity.WARNING),
        SHADOWED("shadowed", Severity.WARNING);

        private final String word;
        private final Severity severity;

        Rule(String word, Severity severity) {
            this.word = word;
            this.severity = severity;
        }

        String word() {
            return word;
        }

        Severity severity() {
            return severity;
        }
    }

    /// @param message one clause: what is amiss and how to mend it
    record Finding(String file, int line, String policy, Rule rule, String message) {}

    /// In the order of the policies and of their lines.
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (Source source : policies) {
            List<Finding> of = new ArrayList<>();
            neverMatches(source).ifPresentOrElse(of::add, () -> {
                unknownStages(source, of);
                shadowed(source, of);
            });
            undecidedAllowed(source).ifPresent(of::add);
            updatesOnly(source).ifPresent(of::add);
            manyEnforced(source).ifPresent(of::add);
            of.stream().sorted(Comparator.comparingInt(Finding::line)).forEach(findings::add);
        }
        return findings;
    }

    private static Finding finding(Source source, String path, Rule rule, String message) {
        return new Finding(source.manifest().file(), source.manifest().line(path), source.name(), rule, message);
    }

    private Optional<Finding> neverMatches(Source source) {
        MatchBounds bounds = MatchBounds.of(source.policy().match());
        return bounds.impossible()
                .map(label -> guardsNothing(
                        source,
                        "spec.match",
                        "no namespace can have the label `%s` as its match asks".formatted(label)))
                .or(() -> bounds.impossibleObject()
                        .map(label -> guardsNothing(
                                source,
                                "spec.match.objectSelector",
                                "no object can have the label `%s` as its match asks".formatted(label))))
                .or(() -> nowhere(source))
                .or(() -> neverHolds(source));
    }

    private Optional<Finding> nowhere(Source source) {
        Match match = source.policy().match();
        boolean inNone =
                !match.resources().isEmpty() && match.resources().stream().allMatch(this::inNoNamespace);
        return inNone && !match.matches(Map.of())
                ? Optional.of(guardsNothing(
                        source,
                        match.stages().isEmpty() ? "spec.match.namespaceSelector" : "spec.match.stages",
                        "what it names is in no namespace, which no stage and no label of a namespace matches"))
                : Optional.empty();
    }

    /// A Namespace has its own labels.
    private boolean inNoNamespace(GroupVersionResource resource) {
        return scopes.of(resource) == Scopes.Scope.CLUSTER && !resource.isLike(OtherKind.NAMESPACES);
    }

    private static Optional<Finding> neverHolds(Source source) {
        List<Condition> conditions = source.policy().match().conditions();
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.get(i).expression().constant().equals(Optional.of(false))) {
                return Optional.of(guardsNothing(
                        source,
                        "spec.match.conditions[%d]".formatted(i),
                        "its condition `%s` never holds"
                                .formatted(conditions.get(i).name())));
            }
        }
        return Optional.empty();
    }

    private static Finding guardsNothing(Source source, String path, String why) {
        return finding(
                source,
                path,
                Rule.NEVER_MATCHES,
                "policy `%s` guards nothing, because %s; take out what contradicts".formatted(source.name(), why));
    }

    private void unknownStages(Source source, List<Finding> findings) {
        if (paths.isEmpty()) {
            return;
        }
        Set<String> known = paths.stream()
                .flatMap(path -> path.stages().stream())
                .map(stage -> stage.stage().name())
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> written = stagesAsWritten(source);
        for (String stage :
                new TreeSet<>(MatchBounds.of(source.policy().match()).stages())) {
            if (!known.contains(stage)) {
                findings.add(finding(
                        source,
                        written.contains(stage)
                                ? "spec.match.stages[%d]".formatted(written.indexOf(stage))
                                : "spec.match.namespaceSelector",
                        Rule.UNKNOWN_STAGE,
                        "no DeliveryPath that is given has a stage `%s`; there are: %s; mend its name, or give the path"
                                .formatted(stage, String.join(", ", known))));
            }
        }
    }

    private static List<String> stagesAsWritten(Source source) {
        return source.spec().object("match").map(match -> match.items("stages")).orElse(List.of()).stream()
                .map(stage -> stage instanceof Node.Text(String name) ? name : "")
                .toList();
    }

    private static Optional<Finding> undecidedAllowed(Source source) {
        return source.checks().stream()
                .filter(each -> each.check().mode() == Mode.ENFORCE)
                .findFirst()
                .filter(_ -> source.policy().onUndecided() == OnUndecided.ALLOW)
                .map(each -> finding(
                        source,
                        "spec.onUndecided",
                        Rule.UNDECIDED_ALLOWED,
                        "what check `%s` denies is let in where the check cannot be evaluated; set onUndecided to Deny, or the check's mode to Warn"
                                .formatted(each.check().id().value())));
    }

    /// What runs is looked at as for a CREATE. A check that is about the change is not asked of it anyway.
    private static Optional<Finding> updatesOnly(Source source) {
        return source.checks().stream()
                .filter(_ -> source.policy().match().operations().equals(Set.of(Operation.UPDATE)))
                .filter(each -> !each.check().check().aboutChange()
                        && !each.check().check().aboutPromotion())
                .findFirst()
                .map(each -> finding(
                        source,
                        "spec.match.operations",
                        Rule.UPDATES_ONLY,
                        "what runs is looked at as for a CREATE, so check `%s` is never asked of it: there is no baseline, and WOULD-DENY stays 0; add CREATE to match.operations"
                                .formatted(each.check().id().value())));
    }

    private static Optional<Finding> manyEnforced(Source source) {
        long enforced = source.checks().stream()
                .filter(each -> each.check().mode() == Mode.ENFORCE)
                .count();
        return enforced <= MOST_ENFORCED
                ? Optional.empty()
                : Optional.of(finding(
                        source,
                        "spec.checks",
                        Rule.MANY_ENFORCED,
                        "%d checks are in mode Enforce, and a denial names the first %d reasons; keep the few that every service must pass, and let the others warn"
                                .formatted(enforced, MOST_ENFORCED)));
    }

    /// Of two that are alike the later one is found.
    private void shadowed(Source source, List<Finding> findings) {
        for (Placed each : source.checks()) {
            policies.stream()
                    .filter(other -> covers(other, source))
                    .flatMap(other -> other.checks().stream())
                    .filter(other -> makesRedundant(other, each))
                    .findFirst()
                    .ifPresent(other -> findings.add(finding(
                            source,
                            "spec.checks[%d]".formatted(each.index()),
                            Rule.SHADOWED,
                            "whatever check `%s` finds wrong, check `%s` finds wrong too, in the same mode; take one of them out"
                                    .formatted(each.name(), other.name()))));
        }
    }

    /// Whether the other guards all that this one guards, and is no laxer where something cannot be evaluated.
    private static boolean covers(Source other, Source source) {
        return other.equals(source)
                || (MatchBounds.of(source.policy().match())
                                .within(MatchBounds.of(other.policy().match()))
                        && (other.policy().onUndecided() == OnUndecided.DENY
                                || source.policy().onUndecided() == OnUndecided.ALLOW));
    }

    /// A check that feedback tightens or counts does something of its own.
    private boolean makesRedundant(Placed other, Placed each) {
        return !other.equals(each)
                && other.check().mode() == each.check().mode()
                && Stricter.orSame(other.check().check(), each.check().check())
                && !each.source().feedsBack(each.check())
                && (before(other, each)
                        || !Stricter.orSame(each.check().check(), other.check().check())
                        || !covers(each.source(), other.source())
                        || other.source().feedsBack(other.check()));
    }

    private boolean before(Placed other, Placed each) {
        int place = Integer.compare(policies.indexOf(other.source()), policies.indexOf(each.source()));
        return place == 0 ? other.index() < each.index() : place < 0;
    }
}
