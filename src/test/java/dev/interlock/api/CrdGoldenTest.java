package dev.interlock.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.api.v1alpha1.DecisionRecord;
import dev.interlock.api.v1alpha1.DeliveryPath;
import dev.interlock.api.v1alpha1.DriftEvent;
import dev.interlock.api.v1alpha1.FeedbackRelease;
import dev.interlock.api.v1alpha1.PromotionPolicy;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The CRDs in `crds/` are what the types say. `make generate` writes them anew; review the difference.
class CrdGoldenTest {
    private static final boolean UPDATE = "update".equals(System.getProperty("interlock.golden"));
    private static final String HEADER =
            "# Generated from src/main/java/dev/interlock/api: run `make generate` after a change there.\n";

    @TempDir
    Path directory;

    static Stream<Class<? extends CustomResource<?, ?>>> kinds() {
        return Stream.of(
                PromotionPolicy.class,
                DeliveryPath.class,
                FeedbackRelease.class,
                DecisionRecord.class,
                DriftEvent.class);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void crdFileIsWhatTheTypesSay(Class<? extends CustomResource<?, ?>> kind) throws IOException {
        CustomResourceDefinition crd = GeneratedCrd.of(kind, directory);
        String generated = HEADER + Serialization.asYaml(crd);
        Path file = Path.of("crds", crd.getMetadata().getName() + "-v1.yml");
        if (UPDATE) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, generated);
        }
        assertThat(file).as("run `make generate`").content().isEqualTo(generated);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFieldIsDescribedAndBounded(Class<? extends CustomResource<?, ?>> kind) throws IOException {
        List<String> wanting = new ArrayList<>();
        JSONSchemaProps root = GeneratedCrd.of(kind, directory)
                .getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema();
        int looked = look("", root, wanting);
        assertThat(wanting).isEmpty();
        assertThat(looked).isGreaterThan(8);
    }

    /// A kind that the file does not name is not installed.
    @Test
    void everyKindIsInstalled() throws IOException {
        List<String> installed = Files.readAllLines(Path.of("crds", "kustomization.yaml")).stream()
                .filter(line -> line.startsWith("  - "))
                .map(line -> line.substring(4))
                .toList();
        List<String> generated = new ArrayList<>();
        for (Class<? extends CustomResource<?, ?>> kind : kinds().toList()) {
            Path own = Files.createDirectory(directory.resolve(kind.getSimpleName()));
            generated.add(GeneratedCrd.of(kind, own).getMetadata().getName() + "-v1.yml");
        }
        assertThat(installed).containsExactlyElementsOf(generated);
    }

    private static int look(String path, JSONSchemaProps schema, List<String> wanting) {
        if (schema.getDescription() == null || schema.getDescription().isBlank()) {
            wanting.add(path + ": no description");
        }
        return 1 + bounds(path, schema, wanting);
    }

    private static int bounds(String path, JSONSchemaProps schema, List<String> wanting) {
        boolean unbounded = switch (String.valueOf(schema.getType())) {
            case "string" -> schema.getMaxLength() == null && schema.getEnum().isEmpty();
            case "array" -> schema.getMaxItems() == null;
            case "object" -> schema.getAdditionalProperties() != null && schema.getMaxProperties() == null;
            default -> false;
        };
        if (unbounded) {
            wanting.add(path + ": no bound");
        }
        int looked = 0;
        if (schema.getItems() != null) {
            looked += bounds(path + "[]", schema.getItems().getSchema(), wanting);
        }
        if (schema.getAdditionalProperties() != null) {
            looked += bounds(path + "{}", schema.getAdditionalProperties().getSchema(), wanting);
        }
        if (schema.getProperties() != null) {
            for (var property : schema.getProperties().entrySet()) {
                looked += look(path + "." + property.getKey(), property.getValue(), wanting);
            }
        }
        return looked;
    }
}
