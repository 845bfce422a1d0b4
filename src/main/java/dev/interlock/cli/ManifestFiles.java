package dev.interlock.cli;

import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.ManifestReader;
import dev.interlock.kubernetes.PolicySet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The manifests that arguments name: files, directories with all that is below them, or `-` for what is piped in.
final class ManifestFiles {
    /// In bytes, of which a character has four at most.
    private static final int LARGEST = 4 * ManifestReader.LARGEST;

    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");

    private final InputStream piped;
    private Optional<String> read = Optional.empty();

    ManifestFiles(InputStream piped) {
        this.piped = piped;
    }

    /// All of them, in the order of the arguments; files of a directory in the order of their names.
    ///
    /// @throws Problem where there is no such file, or nothing in a directory
    List<Manifest> read(List<String> names) {
        return read(names, "");
    }

    /// Those of the files in which a word stands; what is in the others is not looked at.
    ///
    /// @throws Problem where there is no such file, or nothing in a directory
    List<Manifest> read(List<String> names, String word) {
        List<Manifest> manifests = new ArrayList<>();
        for (String name : names) {
            if (name.equals("-")) {
                manifests.addAll(ManifestReader.read("stdin", piped()));
                continue;
            }
            for (Path file : files(Path.of(name))) {
                String text = text(file);
                if (text.contains(word)) {
                    manifests.addAll(ManifestReader.read(file.toString(), text));
                }
            }
        }
        return manifests;
    }

    /// The policies and paths among manifests.
    ///
    /// @param names of the files that they are from
    /// @throws Problem where there is no policy
    static PolicySet policies(List<Manifest> manifests, List<String> names) {
        PolicySet set = PolicySet.of(manifests);
        if (set.policies().isEmpty()) {
            throw new Problem(
                    ExitCode.USAGE,
                    "there is no PromotionPolicy in %s; name a file that has one".formatted(String.join(", ", names)));
        }
        return set;
    }

    /// Once: `-` may be given for several options.
    private String piped() {
        String text = read.orElseGet(() -> text("what is piped in", piped));
        read = Optional.of(text);
        return text;
    }

    private static List<Path> files(Path named) {
        if (!Files.isDirectory(named)) {
            return List.of(named);
        }
        try (Stream<Path> below = Files.walk(named)) {
            List<Path> files = below.filter(
                            file -> ENDINGS.stream().anyMatch(file.toString()::endsWith) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new Problem(
                        ExitCode.USAGE,
                        "%s holds no file that ends in %s".formatted(named, String.join(", ", ENDINGS)));
            }
            return files;
        } catch (IOException e) {
            throw unreadable(named.toString(), e);
        } catch (UncheckedIOException e) {
            throw unreadable(named.toString(), Objects.requireNonNull(e.getCause()));
        }
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return text(file.toString(), in);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private static String text(String name, InputStream in) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bounded(name, in)))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new Problem(ExitCode.USAGE, "%s is not written in UTF-8".formatted(name));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static byte[] bounded(String name, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw new Problem(ExitCode.USAGE, "%s is larger than 96 MB; give it in several files".formatted(name));
        }
        return bytes;
    }

    private static Problem unreadable(String name, IOException e) {
        return new Problem(
                ExitCode.USAGE,
                e instanceof NoSuchFileException
                        ? "there is no file %s".formatted(name)
                        : "%s cannot be read: %s".formatted(name, e.getMessage()));
    }
}
