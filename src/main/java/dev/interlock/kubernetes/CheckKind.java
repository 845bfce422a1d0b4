package dev.interlock.kubernetes;

import dev.interlock.workload.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A kind of check, or what each check has beside its kind, as the schema of a PromotionPolicy describes it: a
/// kind that is added there is here by itself.
///
/// @param field as policies have it
public record CheckKind(Field field) {
    /// Which fields of a check are kinds, says the rule by which it has exactly one.
    private static final Pattern KIND = Pattern.compile("has\\(self\\.(\\w+)\\)");

    /// One field, with those below it.
    ///
    /// @param type     what is written there: `text`, `list of text`, `whole number`, …
    /// @param required whether it has to be there
    /// @param fallback what the API server takes where it is not
    /// @param bounds   what is allowed, each in a few words
    /// @param rules    what is refused beyond that, in the words of the refusal
    public record Field(
            String name,
            String type,
            boolean required,
            Optional<String> fallback,
            List<String> bounds,
            String description,
            List<String> rules,
            List<Field> fields) {
        public Field {
            bounds = List.copyOf(bounds);
            rules = List.copyOf(rules);
            fields = List.copyOf(fields);
        }

        /// The field below this one at the end of a path, for example `maxDrift.count`.
        public Optional<Field> at(List<String> path) {
            return path.isEmpty()
                    ? Optional.of(this)
                    : fields.stream()
                            .filter(field -> field.name().equals(path.getFirst()))
                            .findFirst()
                            .flatMap(field -> field.at(path.subList(1, path.size())));
        }
    }

    /// All of them, in the order of their names.
    public static List<CheckKind> all() {
        Node.Obj check = check();
        Set<String> kinds = kinds(check);
        return fields(check).stream()
                .filter(field -> kinds.contains(field.name()))
                .map(CheckKind::new)
                .toList();
    }

    /// What each check has beside its kind.
    public static List<Field> common() {
        Node.Obj check = check();
        Set<String> kinds = kinds(check);
        return fields(check).stream()
                .filter(field -> !kinds.contains(field.name()))
                .toList();
    }

    private static Node.Obj check() {
        return CrdSchema.of("PromotionPolicy").field("spec", "checks");
    }

    private static Set<String> kinds(Node.Obj check) {
        Set<String> kinds = new LinkedHashSet<>();
        for (Node rule : check.items("x-kubernetes-validations")) {
            String text = rule.asObject("rule").text("rule").orElse("");
            if (text.contains("exists_one")) {
                Matcher kind = KIND.matcher(text);
                while (kind.find()) {
                    kinds.add(kind.group(1));
                }
            }
        }
        return kinds;
    }

    private static List<Field> fields(Node.Obj schema) {
        List<String> required =
                schema.items("required").stream().map(CheckKind::value).toList();
        List<Field> fields = new ArrayList<>();
        schema.object("properties")
                .orElse(Node.Obj.EMPTY)
                .members()
                .forEach((name, its) -> fields.add(field(name, its.asObject(name), required.contains(name))));
        return fields;
    }

    private static Field field(String name, Node.Obj schema, boolean required) {
        Optional<Node.Obj> items = schema.object("items");
        List<String> bounds = new ArrayList<>();
        items.ifPresent(_ -> range(schema, "minItems", "maxItems", "items").ifPresent(bounds::add));
        bounds(items.orElse(schema)).forEach(bound -> bounds.add(items.isPresent() ? "each " + bound : bound));
        return new Field(
                name,
                items.map(each -> "list of " + type(each)).orElse(type(schema)),
                required,
                schema.get("default").map(CheckKind::value),
                bounds,
                schema.text("description").orElse(""),
                rules(schema),
                fields(items.orElse(schema)));
    }

    private static String type(Node.Obj schema) {
        return switch (schema.text("type").orElse("")) {
            case "string" -> "text";
            case "integer" -> "whole number";
            case "number" -> "number";
            case "boolean" -> "true or false";
            case "array" -> "list";
            default -> "object";
        };
    }

    private static List<String> bounds(Node.Obj schema) {
        List<String> bounds = new ArrayList<>();
        List<String> values =
                schema.items("enum").stream().map(CheckKind::value).toList();
        if (!values.isEmpty()) {
            bounds.add("one of " + String.join(", ", values));
        }
        range(schema, "minimum", "maximum", "").ifPresent(bounds::add);
        range(schema, "minLength", "maxLength", "characters").ifPresent(bounds::add);
        schema.text("pattern").ifPresent(pattern -> bounds.add("as " + pattern));
        return bounds;
    }

    private static Optional<String> range(Node.Obj schema, String least, String most, String of) {
        Optional<String> from = schema.get(least).map(CheckKind::value);
        Optional<String> to = schema.get(most).map(CheckKind::value);
        Optional<String> range = from.isPresent() && to.isPresent()
                ? Optional.of("%s to %s".formatted(from.get(), to.get()))
                : from.map("at least %s"::formatted).or(() -> to.map("at most %s"::formatted));
        return range.map(text -> of.isEmpty() ? text : text + " " + of);
    }

    private static List<String> rules(Node.Obj schema) {
        return schema.items("x-kubernetes-validations").stream()
                .map(rule -> rule.asObject("rule").text("message").orElse(""))
                .filter(message -> !message.isEmpty())
                .toList();
    }

    private static String value(Node node) {
        return switch (node) {
            case Node.Text(String text) -> text;
            case Node.Int(long number) -> Long.toString(number);
            case Node.Dec(double number) -> Double.toString(number);
            case Node.Bool(boolean flag) -> Boolean.toString(flag);
            case Node.Null _ -> "null";
            case Node.Arr(List<Node> items) ->
                items.stream().map(CheckKind::value).toList().toString();
            case Node.Obj object -> object.members().keySet().toString();
        };
    }
}
