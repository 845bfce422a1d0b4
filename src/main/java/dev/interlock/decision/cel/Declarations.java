package dev.interlock.decision.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.interlock.decision.cel.library.KubernetesLibrary;
import java.util.Map;
import java.util.Optional;

/// The variables of expressions and their types, as [dev.interlock.decision.Bindings] gives their values. What is
/// declared with fields has no others: a wrong name is found when the policy is applied. The objects themselves are
/// `dyn`, because a policy is about more kinds than one, but where [Typing] holds it against one of them.
final class Declarations {
    private static final CelType STRING = SimpleType.STRING;
    private static final CelType DYN = SimpleType.DYN;
    private static final CelType TEXTS = MapType.create(STRING, STRING);

    private static final StructType USER_INFO =
            struct("kubernetes.UserInfo", ImmutableMap.of("username", STRING, "groups", ListType.create(STRING)));

    private static final StructType REQUEST = struct(
            "kubernetes.AdmissionRequest",
            ImmutableMap.<String, CelType>builder()
                    .put("kind", versioned("kubernetes.GroupVersionKind", "kind"))
                    .put("resource", versioned("kubernetes.GroupVersionResource", "resource"))
                    .put("subResource", STRING)
                    .put("name", STRING)
                    .put("namespace", STRING)
                    .put("operation", STRING)
                    .put("userInfo", USER_INFO)
                    .put("dryRun", SimpleType.BOOL)
                    .buildOrThrow());

    private static final StructType NAMESPACE = struct(
            "kubernetes.Namespace",
            ImmutableMap.of(
                    "metadata",
                    struct("kubernetes.NamespaceMetadata", ImmutableMap.of("name", STRING, "labels", TEXTS))));

    private static final StructType IMAGE = struct(
            "interlock.Image",
            ImmutableMap.<String, CelType>builder()
                    .put("path", STRING)
                    .put("reference", STRING)
                    .put("valid", SimpleType.BOOL)
                    .put("registry", STRING)
                    .put("repository", STRING)
                    .put("tag", STRING)
                    .put("digest", STRING)
                    .buildOrThrow());

    private static final StructType WORKLOAD = struct(
            "interlock.Workload",
            ImmutableMap.<String, CelType>builder()
                    .put("apiVersion", STRING)
                    .put("kind", STRING)
                    .put("name", STRING)
                    .put("namespace", STRING)
                    .put("template", DYN)
                    .put("containers", ListType.create(DYN))
                    .put("images", ListType.create(IMAGE))
                    .put("serviceAccountName", STRING)
                    .put("volumes", ListType.create(DYN))
                    .buildOrThrow());

    private static final StructType OWNER =
            struct("interlock.Owner", ImmutableMap.of("team", STRING, "contact", STRING, "escalation", STRING));

    private static final ImmutableMap<String, CelType> VARIABLES = ImmutableMap.<String, CelType>builder()
            .put("request", REQUEST)
            .put("namespaceObject", NAMESPACE)
            .put("workload", WORKLOAD)
            .put("service", STRING)
            .put("owner", OWNER)
            .buildOrThrow();

    private Declarations() {}

    private static StructType versioned(String name, String member) {
        return struct(name, ImmutableMap.of("group", STRING, "version", STRING, member, STRING));
    }

    static StructType struct(String name, ImmutableMap<String, CelType> fields) {
        return StructType.create(name, fields.keySet(), field -> Optional.ofNullable(fields.get(field)));
    }

    /// @param object the type of the objects
    static ImmutableMap<String, CelType> variables(CelType object) {
        return ImmutableMap.<String, CelType>builder()
                .put("object", object)
                .put("oldObject", object)
                .putAll(VARIABLES)
                .buildOrThrow();
    }

    /// What a policy composes, by name.
    static StructType composed(Map<String, CelType> types) {
        return struct("interlock.Variables", ImmutableMap.copyOf(types));
    }

    /// Finds the types by their names.
    static CelTypeProvider types(StructType... more) {
        ImmutableMap.Builder<String, CelType> types = ImmutableMap.builder();
        KubernetesLibrary.types().forEach(type -> types.put(type.name(), type));
        VARIABLES.values().forEach(type -> add(type, types));
        for (StructType type : more) {
            add(type, types);
        }
        return new Types(types.buildKeepingLast());
    }

    private static void add(CelType type, ImmutableMap.Builder<String, CelType> types) {
        switch (type) {
            case StructType struct -> {
                types.put(struct.name(), struct);
                struct.fields().forEach(field -> add(field.type(), types));
            }
            case ListType list -> add(list.elemType(), types);
            default -> {}
        }
    }

    @Immutable
    private static final class Types implements CelTypeProvider {
        private final ImmutableMap<String, CelType> byName;

        Types(ImmutableMap<String, CelType> byName) {
            this.byName = byName;
        }

        @Override
        public ImmutableCollection<CelType> types() {
            return byName.values();
        }

        @Override
        public Optional<CelType> findType(String name) {
            return Optional.ofNullable(byName.get(name));
        }
    }
}
