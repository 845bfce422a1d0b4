package dev.interlock.cli;

import dev.interlock.workload.WorkloadKind;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What `interlock why` is asked about.
sealed interface Asked {
    /// A workload.
    record Workload(WorkloadKind kind, String name) implements Asked {}

    /// A decision record or a drift event, by its name.
    record Evidence(String name) implements Asked {}

    /// A name that Kubernetes could have given: anything else would only be refused by the API server, or
    /// select something else.
    Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    /// @param words `KIND/NAME`, `KIND NAME` or the name of a record or an event
    static Asked of(List<String> words) {
        if (words.size() == 2) {
            return workload(words.get(0), words.get(1));
        }
        if (words.size() != 1) {
            throw usage("name one object, as in `interlock why deployment/checkout -n shop`");
        }
        String word = words.getFirst();
        int slash = word.indexOf('/');
        return slash < 0 ? new Evidence(name(word)) : workload(word.substring(0, slash), word.substring(slash + 1));
    }

    private static Asked workload(String kind, String name) {
        if (List.of("decisionrecord", "decisionrecords", "decrec", "driftevent", "driftevents", "drift")
                .contains(kind.toLowerCase(Locale.ROOT))) {
            return new Evidence(name(name));
        }
        return new Workload(
                KindName.of(kind)
                        .orElseThrow(() -> usage(
                                "`%s` is no kind that Interlock watches; it watches: %s. Of anything else name the record"
                                        .formatted(Plain.text(kind), KindName.all()))),
                name(name));
    }

    private static String name(String name) {
        if (!NAME.matcher(name).matches()) {
            throw usage("`%s` is no name that an object can have; write KIND/NAME".formatted(Plain.text(name)));
        }
        return name;
    }

    private static Problem usage(String message) {
        return new Problem(ExitCode.USAGE, message);
    }
}
