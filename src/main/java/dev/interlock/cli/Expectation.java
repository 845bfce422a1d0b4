package dev.interlock.cli;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What has to come of a case. Only what it says is asked, but for one thing: that nothing is held against an
/// object which no policy guards proves nothing, so whoever means that says so by an empty list of policies.
///
/// @param reasons  empty: not asked; else each reason that is found is named by one of these, and each of
///                 these names one that is found
/// @param policies the names of those that guard it, in any order; empty: not asked
/// @param approves whether it would be approved content from then on; empty: not asked
record Expectation(
        String outcome, Optional<List<Named>> reasons, Optional<List<String>> policies, Optional<Boolean> approves) {
    /// The word for an update that changes nothing significant, of which nothing is decided.
    static final String UNCHANGED = "Unchanged";

    /// The word for an object that runs nothing and that no policy guards, of which nothing is decided.
    static final String NOT_GOVERNED = "NotGoverned";

    static final List<String> OUTCOMES = List.of("Allowed", "Warned", "Denied", "Undecided", UNCHANGED, NOT_GOVERNED);

    /// Names reasons by their fields; a field that is left out may have any value.
    ///
    /// @param fields by the names of [#of]
    record Named(Map<String, String> fields) {
        static final List<String> FIELDS = List.of("policy", "check", "code", "path", "effect");

        private static Map<String, String> of(Reason reason) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("policy", reason.policy());
            fields.put("check", reason.check());
            fields.put("code", reason.violation().code());
            fields.put("path", reason.violation().path());
            fields.put("effect", reason.effect().word());
            return fields;
        }

        boolean names(Reason reason) {
            return of(reason).entrySet().containsAll(fields.entrySet());
        }

        /// As it would be written in a case.
        @Override
        public String toString() {
            return FIELDS.stream()
                    .filter(fields::containsKey)
                    .map(name -> "%s: %s".formatted(name, fields.get(name)))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
    }

    /// One thing that is not as expected.
    ///
    /// @param about what it is about, for example `outcome`
    record Difference(String about, String expected, String got) {}

    /// What is not as expected; nothing where all is.
    List<Difference> differences(Evaluation evaluation) {
        List<Difference> differences = new ArrayList<>();
        String got = outcome(evaluation);
        if (!got.equals(outcome)) {
            differences.add(new Difference("outcome", outcome, got));
        }
        List<String> guarding = policies(evaluation);
        policies.map(TreeSet::new)
                .filter(expected -> !expected.equals(new TreeSet<>(guarding)))
                .ifPresent(expected -> differences.add(new Difference("policies", list(expected), list(guarding))));
        if (policies.isEmpty() && guarding.isEmpty() && evaluation instanceof Evaluation.Decided) {
            differences.add(new Difference(
                    "policies",
                    "one that guards it",
                    "none; give its namespace the stage or the labels of a policy, or expect `policies: []`"));
        }
        reasons.ifPresent(expected -> differences.addAll(differences(expected, reasons(evaluation))));
        approves.filter(expected -> expected != approves(evaluation))
                .ifPresent(expected -> differences.add(
                        new Difference("approves", expected.toString(), Boolean.toString(approves(evaluation)))));
        return differences;
    }

    private static List<Difference> differences(List<Named> expected, List<Reason> found) {
        List<Difference> differences = new ArrayList<>();
        expected.stream()
                .filter(named -> found.stream().noneMatch(named::names))
                .forEach(named -> differences.add(new Difference("reason", named.toString(), "none such")));
        found.stream()
                .filter(reason -> expected.stream().noneMatch(named -> named.names(reason)))
                .forEach(reason -> differences.add(new Difference(
                        "reason",
                        "none such",
                        "%s: %s".formatted(new Named(Named.of(reason)), CheckReport.message(reason)))));
        return differences;
    }

    private static String list(Iterable<String> names) {
        return "[%s]".formatted(String.join(", ", names));
    }

    static String outcome(Evaluation evaluation) {
        return switch (evaluation) {
            case Evaluation.Unchanged _ -> UNCHANGED;
            case Evaluation.NotGoverned _ -> NOT_GOVERNED;
            case Evaluation.Decided(Decision decision) -> decision.outcome();
        };
    }

    private static List<String> policies(Evaluation evaluation) {
        return switch (evaluation) {
            case Evaluation.Unchanged _, Evaluation.NotGoverned _ -> List.of();
            case Evaluation.Decided(Decision decision) ->
                decision.basis().policies().stream().map(PolicyRef::name).toList();
        };
    }

    static List<Reason> reasons(Evaluation evaluation) {
        return switch (evaluation) {
            case Evaluation.Unchanged _, Evaluation.NotGoverned _ -> List.of();
            case Evaluation.Decided(Decision decision) -> decision.basis().reasons();
        };
    }

    private static boolean approves(Evaluation evaluation) {
        return switch (evaluation) {
            case Evaluation.Unchanged _, Evaluation.NotGoverned _ -> false;
            case Evaluation.Decided(Decision decision) -> decision.approves();
        };
    }
}
