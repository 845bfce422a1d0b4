package dev.interlock.operator;

import dev.interlock.api.v1alpha1.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a condition says.
///
/// @param message cut at the CRD's bound
record Said(String status, String reason, String message) {
    /// As the CRD bounds it.
    private static final int MAX_MESSAGE = 1_024;

    private static final int NAMED = 10;

    Said {
        message = message.codePointCount(0, message.length()) <= MAX_MESSAGE
                ? message
                : message.substring(0, message.offsetByCodePoints(0, MAX_MESSAGE - 1)) + "…";
    }

    /// Its time moves only when its status does.
    static Condition condition(String type, Said said, List<Condition> before, long generation, Instant now) {
        Optional<Condition> same = before.stream()
                .filter(condition ->
                        Objects.equals(condition.type(), type) && Objects.equals(condition.status(), said.status()))
                .findFirst();
        return new Condition(
                type,
                said.status(),
                said.reason(),
                said.message(),
                same.map(Condition::lastTransitionTime)
                        .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString()),
                generation);
    }

    /// The first names, and how many more there are.
    static String listed(List<String> names) {
        String first = names.stream().limit(NAMED).collect(Collectors.joining(", "));
        return names.size() <= NAMED ? first : "%s and %d more".formatted(first, names.size() - NAMED);
    }
}
