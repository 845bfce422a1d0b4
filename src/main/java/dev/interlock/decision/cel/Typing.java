package dev.interlock.decision.cel;

import com.google.common.collect.ImmutableMap;
import dev.cel.bundle.Cel;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.ObjectKind;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The types of objects, for finding in expressions what cannot be meant: a field that the kind does not have,
/// a text that is compared with a number. Expressions are compiled without them, because a policy is about more kinds
/// than one and outlives a version of Kubernetes: what is found is worth a warning, and decides nothing. Immutable.
public final class Typing {
    /// Only these have anything to do with the object's type.
    private static final Pattern TYPED = Pattern.compile("\\b(object|oldObject|variables)\\b");

    private static final Pattern CANDIDATES = Pattern.compile(" \\(candidates: .*\\)$");

    private static final Comparator<ObjectKind> BY_NAME = Comparator.comparing(ObjectKind::kind)
            .thenComparing(kind -> kind.groupVersionResource().toString());

    private final Map<ObjectKind, CelType> kinds;
    private final Collection<StructType> structs;

    /// @param kinds the schemas of their objects; those that are not there are not known
    /// @param named what those may refer to by name
    public Typing(Map<? extends ObjectKind, Schema> kinds, Map<String, Schema> named) {
        Reading reading = new Reading(named);
        this.kinds = new TreeMap<>(BY_NAME);
        kinds.forEach((kind, schema) -> this.kinds.put(
                kind, reading.type(schema, kind.groupVersionResource().toString(), Set.of())));
        this.structs = List.copyOf(reading.structs.values());
    }

    /// Whether the objects of a resource have a type that is known.
    public boolean knows(GroupVersionResource resource) {
        return kinds.keySet().stream()
                .anyMatch(kind -> kind.groupVersionResource().equals(resource));
    }

    /// What is wrong with expressions where their objects are of these resources: where, what, and in which kinds.
    /// In the order of the expressions; nothing of resources whose types are not known.
    public List<String> problems(List<Stated> expressions, Set<GroupVersionResource> about) {
        Map<String, Set<ObjectKind>> found = new LinkedHashMap<>();
        Map<ObjectKind, Map<Variables, Cel>> environments = new HashMap<>();
        for (Stated each : expressions) {
            if (!TYPED.matcher(each.expression().text()).find()) {
                continue;
            }
            for (Map.Entry<ObjectKind, CelType> kind : kinds.entrySet()) {
                if (about.contains(kind.getKey().groupVersionResource())) {
                    BiConsumer<String, CelIssue> problem = (where, issue) -> found.computeIfAbsent(
                                    "%s: %s".formatted(where, described(issue)), _ -> new TreeSet<>(BY_NAME))
                            .add(kind.getKey());
                    Cel cel = environments
                            .computeIfAbsent(kind.getKey(), _ -> new HashMap<>())
                            .computeIfAbsent(
                                    each.expression().variables(),
                                    variables -> environment(kind.getValue(), variables, problem));
                    type(each, cel, problem);
                }
            }
        }
        return found.entrySet().stream()
                .map(problem -> "%s, in %s".formatted(problem.getKey(), listed(problem.getValue())))
                .toList();
    }

    private static String described(CelIssue issue) {
        return CANDIDATES.matcher(Expression.described(issue)).replaceFirst("");
    }

    private String listed(Set<ObjectKind> some) {
        return some.stream().map(this::named).collect(Collectors.joining(", "));
    }

    /// By its kind where no other that is known is called so.
    private String named(ObjectKind one) {
        return kinds.keySet().stream()
                                .filter(kind -> kind.kind().equals(one.kind()))
                                .count()
                        == 1
                ? one.kind()
                : one.groupVersionResource().toString();
    }

    /// In which a policy's expressions are compiled. A variable that is wrong itself may be anything to those after it.
    private Cel environment(CelType object, Variables variables, BiConsumer<String, CelIssue> problem) {
        Map<String, CelType> types = new LinkedHashMap<>();
        Cel cel = Environment.typed(object, structs, Declarations.composed(types));
        for (Map.Entry<String, Expression> each : variables.expressions().entrySet()) {
            Stated variable = new Stated("variables `%s`".formatted(each.getKey()), each.getValue());
            types.put(each.getKey(), type(variable, cel, problem));
            cel = Environment.typed(object, structs, Declarations.composed(types));
        }
        return cel;
    }

    private static CelType type(Stated stated, Cel cel, BiConsumer<String, CelIssue> problem) {
        try {
            return cel.compile(stated.expression().text()).getAst().getResultType();
        } catch (CelValidationException e) {
            e.getErrors().forEach(issue -> problem.accept(stated.where(), issue));
            return SimpleType.DYN;
        }
    }

    /// Makes types of schemas, as far as they are referred to.
    private static final class Reading {
        private final Map<String, Schema> named;
        private final Map<String, StructType> structs = new HashMap<>();

        Reading(Map<String, Schema> named) {
            this.named = named;
        }

        /// @param at     names the type where it has no name of its own
        /// @param within the names that led here, none of which is of an object with fields
        CelType type(Schema schema, String at, Set<String> within) {
            return switch (schema) {
                case Schema.Plain plain -> plain(plain);
                case Schema.Items(Schema each) -> ListType.create(type(each, at + "[]", within));
                case Schema.Members(Schema each) -> MapType.create(SimpleType.STRING, type(each, at + "{}", within));
                case Schema.Fields(Map<String, Schema> fields) -> struct(fields, at);
                case Schema.Named(String name) -> {
                    Schema meant = named.get(name);
                    if (meant == null || within.contains(name)) {
                        yield SimpleType.DYN;
                    }
                    Set<String> further = new HashSet<>(within);
                    further.add(name);
                    yield type(meant, name, further);
                }
            };
        }

        private CelType struct(Map<String, Schema> fields, String name) {
            if (!structs.containsKey(name)) {
                // First a place, because it may be within itself.
                structs.put(name, Declarations.struct(name, ImmutableMap.of()));
                ImmutableMap.Builder<String, CelType> types = ImmutableMap.builder();
                fields.forEach((field, schema) -> types.put(field, type(schema, name + "." + field, Set.of())));
                structs.put(name, Declarations.struct(name, types.buildOrThrow()));
            }
            return StructTypeReference.create(name);
        }

        private static CelType plain(Schema.Plain plain) {
            return switch (plain) {
                case ANY -> SimpleType.DYN;
                case BOOL -> SimpleType.BOOL;
                case DOUBLE -> SimpleType.DOUBLE;
                case INT -> SimpleType.INT;
                case STRING -> SimpleType.STRING;
            };
        }
    }
}
