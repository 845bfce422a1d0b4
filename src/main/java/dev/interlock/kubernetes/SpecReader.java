package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.interlock.api.v1alpha1.OwnerSpec;
import dev.interlock.api.v1alpha1.RequirementSpec;
import dev.interlock.api.v1alpha1.SelectorSpec;
import dev.interlock.decision.LabelSelector;
import dev.interlock.workload.Node;
import dev.interlock.workload.Owner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How the specs of stored objects are read: strictly, because an object may have been stored under another CRD.
final class SpecReader {
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,4})([smhd])");

    private SpecReader() {}

    /// Takes a value for what it is: `2` is no mode, and `42` is no name of a team.
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    /// As people write it: `spec.checks[0].mode`.
    static String field(JsonMappingException mistyped) {
        return mistyped.getPath().stream()
                .map(step ->
                        step.getFieldName() == null ? "[%d]".formatted(step.getIndex()) : "." + step.getFieldName())
                .collect(Collectors.joining("", "spec", ""));
    }

    /// Why something cannot be read, in one clause for people.
    static String cause(Exception unreadable) {
        return unreadable instanceof JsonMappingException mistyped
                ? shortened("`%s` is of the wrong type or has an unknown value".formatted(field(mistyped)))
                : firstLine(unreadable);
    }

    static String firstLine(Exception unreadable) {
        String message = Objects.requireNonNullElse(
                unreadable.getMessage(), unreadable.getClass().getSimpleName());
        return shortened(message.lines().findFirst().orElse(""));
    }

    static String shortened(String line) {
        return line.codePointCount(0, line.length()) <= 200
                ? line
                : line.substring(0, line.offsetByCodePoints(0, 200)) + "…";
    }

    static <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw new IllegalArgumentException("`%s` is missing".formatted(field));
        }
        return value;
    }

    /// A list may hold nulls, whatever its type says.
    static <T> List<T> items(@Nullable List<T> list, String field) {
        List<T> items = Objects.requireNonNullElse(list, List.of());
        items.forEach(item -> required(item, field + "[]"));
        return items;
    }

    static LabelSelector selector(SelectorSpec spec) {
        Map<String, String> labels = Objects.requireNonNullElse(spec.matchLabels(), Map.of());
        labels.forEach((key, value) -> required(value, "matchLabels." + key));
        List<RequirementSpec> expressions = items(spec.matchExpressions(), "matchExpressions");
        return new LabelSelector(
                labels, expressions.stream().map(SpecReader::requirement).toList());
    }

    static LabelSelector.Requirement requirement(RequirementSpec spec) {
        String key = required(spec.key(), "matchExpressions.key");
        RequirementSpec.Operator operator = required(spec.operator(), "matchExpressions.operator");
        Set<String> values = Set.copyOf(items(spec.values(), "matchExpressions.values"));
        boolean needed = operator == RequirementSpec.Operator.IN || operator == RequirementSpec.Operator.NOT_IN;
        if (values.isEmpty() == needed) {
            throw new IllegalArgumentException(
                    "`matchExpressions.values`: In and NotIn need some, Exists and DoesNotExist take none");
        }
        return switch (operator) {
            case IN -> new LabelSelector.In(key, values);
            case NOT_IN -> new LabelSelector.NotIn(key, values);
            case EXISTS -> new LabelSelector.Exists(key);
            case DOES_NOT_EXIST -> new LabelSelector.DoesNotExist(key);
        };
    }

    static Owner owner(OwnerSpec spec) {
        return new Owner(
                required(spec.team(), "owner.team"),
                Objects.requireNonNullElse(spec.contact(), ""),
                Objects.requireNonNullElse(spec.escalation(), ""));
    }

    /// A duration as specs have it: `90s`, `10m`, `12h` or `14d`, where a day is 24 hours.
    static Duration duration(@Nullable String text, String field) {
        Matcher matcher = DURATION.matcher(required(text, field));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("`%s` must be a duration such as 90s, 10m, 12h or 14d".formatted(field));
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /// The same value in Jackson's types.
    static JsonNode json(Node node) {
        JsonNodeFactory factory = JsonNodeFactory.instance;
        return switch (node) {
            case Node.Obj(var members) -> {
                var object = factory.objectNode();
                members.forEach((name, value) -> object.set(name, json(value)));
                yield object;
            }
            case Node.Arr(var items) -> {
                var array = factory.arrayNode();
                items.forEach(item -> array.add(json(item)));
                yield array;
            }
            case Node.Text(String value) -> factory.textNode(value);
            case Node.Int(long value) -> factory.numberNode(value);
            case Node.Dec(double value) -> factory.numberNode(value);
            case Node.Bool(boolean value) -> factory.booleanNode(value);
            case Node.Null _ -> factory.nullNode();
        };
    }
}
