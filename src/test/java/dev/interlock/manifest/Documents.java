package dev.interlock.manifest;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// The files of `deploy/`, as they are applied.
final class Documents {
    private Documents() {}

    static String text(String file) {
        try {
            return Files.readString(Path.of("deploy", file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The objects of that kind in a file of one or more documents.
    static <T extends HasMetadata> List<T> all(String file, Class<T> type) {
        String kind = "kind: %s".formatted(HasMetadata.getKind(type));
        return Arrays.stream(text(file).split("(?m)^---$"))
                .filter(document -> document.lines().anyMatch(kind::equals))
                .map(document -> Serialization.unmarshal(document, type))
                .toList();
    }

    static <T extends HasMetadata> T one(String file, Class<T> type) {
        List<T> found = all(file, type);
        if (found.size() != 1) {
            throw new AssertionError(
                    "%s should have one %s and has %d".formatted(file, HasMetadata.getKind(type), found.size()));
        }
        return found.getFirst();
    }
}
