package dev.interlock.kubernetes;

import dev.interlock.decision.Violation;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.Node;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// Reads manifests as `kubectl apply` does: YAML or JSON, several documents in a file, objects of a `List` one by one,
/// and the words of YAML 1.1, where `yes` is true. Whatever is written, it ends: what is too large, too deep, or grows
/// by its aliases is refused.
public final class ManifestReader {
    /// The most characters of a file.
    public static final int LARGEST = 24 << 20;

    /// The reader's time grows with the square of a line; no object that the API server takes is as large.
    private static final int LONGEST_LINE = 4 << 20;

    private static final int DEEPEST = 200;
    private static final int MOST_NODES = 2_000_000;
    private static final int MOST_ALIASES = 50;
    private static final int LONGEST_PATH = 4_000;
    private static final int LONGEST_NUMBER = 400;

    /// The most characters of the paths of all values: each is kept, with its line.
    private static final long MOST_OF_PATHS = 128 << 20;

    private final String file;
    private int nodes;
    private long paths;

    private ManifestReader(String file) {
        this.file = file;
    }

    /// The objects of a file, in their order; none where it has none.
    ///
    /// @param file as messages name it
    /// @throws UnreadableManifest where one of them cannot be read
    public static List<Manifest> read(String file, String text) {
        ManifestReader reader = new ManifestReader(file);
        reader.bounded(text);
        return reader.documents(text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    private void bounded(String text) {
        if (text.length() > LARGEST) {
            throw new UnreadableManifest(file, 1, "it is larger than 24 MB; give it in several files");
        }
        int line = 1;
        for (int begin = 0; begin <= text.length(); line++) {
            int end = text.indexOf('\n', begin);
            end = end < 0 ? text.length() : end;
            if (end - begin > LONGEST_LINE) {
                throw new UnreadableManifest(file, line, "the line is longer than 4 MB, which no object may be");
            }
            begin = end + 1;
        }
    }

    private List<Manifest> documents(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LARGEST);
        options.setNestingDepthLimit(DEEPEST);
        options.setMaxAliasesForCollections(MOST_ALIASES);
        List<Manifest> manifests = new ArrayList<>();
        try {
            for (org.yaml.snakeyaml.nodes.Node document : new Yaml(options).composeAll(new StringReader(text))) {
                if (document != null && !document.getTag().equals(Tag.NULL)) {
                    add(document, manifests);
                }
            }
            return manifests;
        } catch (MarkedYAMLException e) {
            int line = Optional.ofNullable(e.getProblemMark())
                    .map(mark -> mark.getLine() + 1)
                    .orElse(1);
            throw new UnreadableManifest(file, line, "it is no YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new UnreadableManifest(file, 1, "it is no YAML that is read here: " + e.getMessage());
        }
    }

    private void add(org.yaml.snakeyaml.nodes.Node document, List<Manifest> manifests) {
        Map<String, Integer> lines = new HashMap<>();
        try {
            add(new Manifest(file, object(document, "", 0, lines), lines, ""), manifests);
        } catch (MalformedObject e) {
            throw refused(document, e.getMessage() + " in an object of Kubernetes");
        }
    }

    /// What has a list of items is a list to `kubectl`, whatever its kind is called; a typed one names the kind of its
    /// items.
    private void add(Manifest manifest, List<Manifest> manifests) {
        if (manifest.apiVersion().isEmpty() || manifest.kind().isEmpty()) {
            throw new UnreadableManifest(
                    file, manifest.line(), "it is no Kubernetes object: apiVersion or kind is missing");
        }
        if (!(manifest.object().get("items").orElse(new Node.Null()) instanceof Node.Arr(List<Node> items))) {
            manifests.add(manifest);
            return;
        }
        String kind = manifest.kind().endsWith("List")
                ? manifest.kind().substring(0, manifest.kind().length() - "List".length())
                : "";
        for (int i = 0; i < items.size(); i++) {
            String root = (manifest.root().isEmpty() ? "" : manifest.root() + ".") + "items[%d]".formatted(i);
            Node.Obj item = items.get(i).asObject(root);
            boolean typed = item.get("kind").isEmpty() && !kind.isEmpty();
            Node.Obj whole = typed
                    ? item.with("kind", new Node.Text(kind)).with("apiVersion", new Node.Text(manifest.apiVersion()))
                    : item;
            add(new Manifest(file, whole, manifest.lines(), root), manifests);
        }
    }

    private Node.Obj object(org.yaml.snakeyaml.nodes.Node node, String path, int depth, Map<String, Integer> lines) {
        if (convert(node, path, depth, lines) instanceof Node.Obj object) {
            return object;
        }
        throw refused(node, "a manifest must be an object");
    }

    private Node convert(org.yaml.snakeyaml.nodes.Node node, String path, int depth, Map<String, Integer> lines) {
        nodes++;
        if (nodes > MOST_NODES) {
            throw refused(node, "it grows by its aliases to more than %,d values; write it out".formatted(MOST_NODES));
        }
        if (depth > DEEPEST) {
            throw refused(node, "it is nested deeper than %d levels".formatted(DEEPEST));
        }
        if (path.length() > LONGEST_PATH) {
            throw refused(node, "the names that lead to it are longer than %,d characters".formatted(LONGEST_PATH));
        }
        paths += path.length();
        if (paths > MOST_OF_PATHS) {
            throw refused(
                    node,
                    "the names that lead to its values are together longer than %,d characters; give it in several files"
                            .formatted(MOST_OF_PATHS));
        }
        lines.putIfAbsent(path, line(node));
        return switch (node) {
            case MappingNode mapping -> members(mapping, path, depth, lines);
            case SequenceNode sequence -> {
                List<Node> items = new ArrayList<>();
                for (int i = 0; i < sequence.getValue().size(); i++) {
                    items.add(convert(sequence.getValue().get(i), "%s[%d]".formatted(path, i), depth + 1, lines));
                }
                yield new Node.Arr(items);
            }
            case ScalarNode scalar -> value(scalar);
            default -> throw refused(node, "it has a kind of YAML node that is not read");
        };
    }

    private Node.Obj members(MappingNode mapping, String path, int depth, Map<String, Integer> lines) {
        Map<String, Node> members = new HashMap<>();
        List<org.yaml.snakeyaml.nodes.Node> merged = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw refused(tuple.getKeyNode(), "a name of a field must be a text");
            }
            if (key.getTag().equals(Tag.MERGE)) {
                merged.addAll(
                        tuple.getValueNode() instanceof SequenceNode several
                                ? several.getValue()
                                : List.of(tuple.getValueNode()));
                continue;
            }
            String below = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            lines.putIfAbsent(below, line(key));
            if (members.put(key.getValue(), convert(tuple.getValueNode(), below, depth + 1, lines)) != null) {
                throw refused(key, "field `%s` is there twice; take one out".formatted(key.getValue()));
            }
        }
        // After its own fields, which count more, as an earlier one that is merged does.
        for (org.yaml.snakeyaml.nodes.Node other : merged) {
            object(other, path, depth + 1, lines).members().forEach(members::putIfAbsent);
        }
        return Node.Obj.of(members);
    }

    private Node value(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return new Node.Null();
        }
        String word = text.toLowerCase(Locale.ROOT);
        if (tag.equals(Tag.BOOL) || (scalar.isPlain() && (word.equals("y") || word.equals("n")))) {
            return new Node.Bool(List.of("true", "yes", "on", "y").contains(word));
        }
        // YAML 1.1 counts `80:80` to the base of 60; Kubernetes' reader does not.
        boolean sexagesimal = text.indexOf(':') >= 0;
        try {
            if (tag.equals(Tag.INT) && !sexagesimal) {
                BigInteger number = integer(text.replace("_", ""));
                return number.bitLength() < Long.SIZE
                        ? new Node.Int(number.longValue())
                        : new Node.Dec(number.doubleValue());
            }
            if (tag.equals(Tag.FLOAT) && !sexagesimal) {
                return decimal(Double.parseDouble(text.replace("_", "")));
            }
        } catch (NumberFormatException _) {
            throw refused(
                    scalar, "`%s` is no number that JSON has; write it as a text".formatted(Violation.shown(text)));
        }
        if (!tag.startsWith(Tag.PREFIX)) {
            throw refused(scalar, "the tag `%s` is not known to Kubernetes; take it out".formatted(tag.getValue()));
        }
        return new Node.Text(text);
    }

    private static BigInteger integer(String text) {
        if (text.length() > LONGEST_NUMBER) {
            throw new NumberFormatException("too long");
        }
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        BigInteger number;
        if (digits.startsWith("0x")) {
            number = new BigInteger(digits.substring(2), 16);
        } else if (digits.startsWith("0b")) {
            number = new BigInteger(digits.substring(2), 2);
        } else if (digits.length() > 1 && digits.startsWith("0")) {
            number = new BigInteger(digits.substring(1), 8);
        } else {
            number = new BigInteger(digits);
        }
        return negative ? number.negate() : number;
    }

    /// `2.0` is 2 to whoever reads JSON.
    private static Node decimal(double number) {
        return number == Math.rint(number) && Math.abs(number) < 0x1p53
                ? new Node.Int((long) number)
                : new Node.Dec(number);
    }

    private UnreadableManifest refused(org.yaml.snakeyaml.nodes.Node node, String why) {
        return new UnreadableManifest(file, line(node), why);
    }

    private static int line(org.yaml.snakeyaml.nodes.Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
