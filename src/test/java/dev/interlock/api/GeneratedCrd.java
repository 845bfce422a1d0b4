package dev.interlock.api;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A CRD as the types say it, completed by what the generator's annotations cannot say.
final class GeneratedCrd {
    /// Lists whose items are told apart by a key, so that two appliers do not overwrite each other's items.
    private static final Map<String, List<String>> KEYED_LISTS = Map.of(
            ".spec.checks", List.of("id"),
            ".spec.match.conditions", List.of("name"),
            ".spec.variables", List.of("name"),
            ".status.conditions", List.of("type"));

    private static final List<String> SETS = List.of(
            ".spec.match.stages",
            ".spec.match.resources",
            ".spec.match.operations",
            ".spec.checks[].images.registries",
            ".spec.checks[].images.deniedTags");

    /// By kind, as people read them from left to right; those that only `-o wide` shows stand before the age.
    private static final Map<String, List<String>> COLUMNS = Map.of(
            "PromotionPolicy",
            List.of(
                    "Mode",
                    "Ready",
                    "Matched",
                    "Denied-24h",
                    "Would-Deny",
                    "Drift",
                    "Stages",
                    "Namespaces",
                    "Tightened",
                    "Message",
                    "Age"),
            "DeliveryPath",
            List.of("Service", "Owner", "Contact", "Workloads", "Ready", "Message", "Age"),
            "FeedbackRelease",
            List.of("Policy", "Check", "Service", "By", "Reason", "Age"),
            "DecisionRecord",
            List.of(
                    "Decision",
                    "Kind",
                    "Subject",
                    "Stage",
                    "Policy",
                    "Reason",
                    "By",
                    "Service",
                    "Trigger",
                    "Times",
                    "Applied",
                    "Caller",
                    "Digest",
                    "Entry",
                    "Age"),
            "DriftEvent",
            List.of(
                    "State", "Class", "Kind", "Object", "Stage", "Paths", "Manager", "By", "How", "Service", "Cause",
                    "Age"));

    private GeneratedCrd() {}

    static CustomResourceDefinition of(Class<? extends CustomResource<?, ?>> kind, Path directory) throws IOException {
        new CRDGenerator()
                .customResourceClasses(List.of(kind))
                .forCRDVersions("v1")
                .inOutputDir(directory.toFile())
                .generate();
        try (var files = Files.list(directory)) {
            Path written = files.filter(file -> file.toString().endsWith("-v1.yml"))
                    .findFirst()
                    .orElseThrow();
            CustomResourceDefinition crd =
                    Serialization.unmarshal(Files.readString(written), CustomResourceDefinition.class);
            complete(crd);
            return crd;
        }
    }

    private static void complete(CustomResourceDefinition crd) {
        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        root.setDescription("See the fields; docs/concepts.md tells what this is for.");
        Map<String, String> descriptions = Map.of(
                "spec", "What is declared.", "status", "What became of it; written by Interlock's operator only.");
        root.getProperties().forEach((name, part) -> part.setDescription(descriptions.get(name)));
        version.setAdditionalPrinterColumns(inOrder(
                version.getAdditionalPrinterColumns(),
                COLUMNS.getOrDefault(crd.getSpec().getNames().getKind(), List.of())));
        // The API server drops what is a default, and kubectl would find a difference at every apply.
        version.getAdditionalPrinterColumns().stream()
                .filter(column -> Integer.valueOf(0).equals(column.getPriority()))
                .forEach(column -> column.setPriority(null));
        visit("", root);
    }

    private static List<CustomResourceColumnDefinition> inOrder(
            List<CustomResourceColumnDefinition> columns, List<String> order) {
        Map<String, CustomResourceColumnDefinition> named =
                columns.stream().collect(Collectors.toMap(CustomResourceColumnDefinition::getName, column -> column));
        if (!named.keySet().equals(Set.copyOf(order))) {
            throw new AssertionError(
                    "columns without a place, or places without a column: %s, %s".formatted(named.keySet(), order));
        }
        return order.stream().map(named::get).toList();
    }

    private static void visit(String path, JSONSchemaProps schema) {
        if ("array".equals(schema.getType())) {
            list(path, schema);
        }
        if ("integer".equals(schema.getType())) {
            schema.setFormat("int64");
            schema.setMinimum(schema.getMinimum() == null ? 0.0 : schema.getMinimum());
        }
        // The generator writes a rule on a record's class once for each use of it.
        if (schema.getXKubernetesValidations() != null) {
            schema.setXKubernetesValidations(new ArrayList<>(
                    schema.getXKubernetesValidations().stream().distinct().toList()));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, property) -> visit(path + "." + name, property));
        }
        if (schema.getItems() != null) {
            visit(path + "[]", schema.getItems().getSchema());
        }
    }

    private static void list(String path, JSONSchemaProps schema) {
        if (KEYED_LISTS.containsKey(path)) {
            schema.setXKubernetesListType("map");
            schema.setXKubernetesListMapKeys(KEYED_LISTS.get(path));
        } else {
            schema.setXKubernetesListType(SETS.contains(path) ? "set" : "atomic");
        }
    }
}
