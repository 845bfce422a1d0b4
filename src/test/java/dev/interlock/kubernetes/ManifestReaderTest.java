package dev.interlock.kubernetes;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.workload.Node;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ManifestReaderTest {
    private static List<Manifest> read(String text) {
        return ManifestReader.read("app.yaml", text);
    }

    private static Node value(String yaml) {
        Manifest manifest =
                read("apiVersion: v1\nkind: Thing\nvalue: %s\n".formatted(yaml)).getFirst();
        return manifest.object().get("value").orElseThrow();
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("yes", new Node.Bool(true)),
                Arguments.of("Off", new Node.Bool(false)),
                Arguments.of("\"yes\"", new Node.Text("yes")),
                Arguments.of("~", new Node.Null()),
                Arguments.of("", new Node.Null()),
                Arguments.of("0755", new Node.Int(493)),
                Arguments.of("0x1F", new Node.Int(31)),
                Arguments.of("1_000", new Node.Int(1000)),
                Arguments.of("-7", new Node.Int(-7)),
                Arguments.of("9223372036854775807", new Node.Int(Long.MAX_VALUE)),
                Arguments.of("9223372036854775808", new Node.Dec(0x1p63)),
                Arguments.of("1.5", new Node.Dec(1.5)),
                Arguments.of("1e+3", new Node.Int(1000)),
                Arguments.of("2.0", new Node.Int(2)),
                Arguments.of("y", new Node.Bool(true)),
                Arguments.of("\"y\"", new Node.Text("y")),
                Arguments.of("{<<: [{a: 1}, {a: 2, b: 2}]}", obj("a", 1, "b", 2)),
                Arguments.of("80:80", new Node.Text("80:80")),
                Arguments.of("2026-11-26", new Node.Text("2026-11-26")),
                Arguments.of("100m", new Node.Text("100m")),
                Arguments.of("{<<: {a: 1, b: 1}, b: 2}", obj("a", 1, "b", 2)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void valuesAreWhatKubernetesTakesThemFor(String yaml, Node value) {
        assertThat(value(yaml)).isEqualTo(value);
    }

    @Test
    void everyDocumentIsReadAndEmptyOnesArePassedBy() {
        List<Manifest> manifests = read("""
                \uFEFF# a comment
                ---
                apiVersion: v1
                kind: A
                ---
                ---
                # nothing
                ---
                {"apiVersion": "v1", "kind": "B", "metadata": {"name": "b", "namespace": "shop"}}
                """.replace("\n", "\r\n"));
        assertThat(manifests).extracting(Manifest::kind).containsExactly("A", "B");
        assertThat(manifests).extracting(Manifest::line).containsExactly(3, 9);
        assertThat(manifests.getLast().name()).isEqualTo("b");
        assertThat(manifests.getLast().namespace()).contains("shop");
        assertThat(read("")).isEmpty();
        assertThat(read("# nothing\n")).isEmpty();
    }

    @Test
    void theObjectsOfAListAreReadOneByOneWithTheirLines() {
        List<Manifest> manifests = read("""
                apiVersion: v1
                kind: List
                items:
                - apiVersion: v1
                  kind: Pod
                  metadata: {name: a}
                - apiVersion: v1
                  kind: Pod
                  metadata: {generateName: b-}
                  spec:
                    containers:
                    - name: app
                      image: nginx
                """);
        assertThat(manifests).extracting(Manifest::name).containsExactly("a", "b-…");
        assertThat(manifests).extracting(Manifest::line).containsExactly(4, 7);
        assertThat(manifests.getLast().line("spec.containers[0].image")).isEqualTo(13);
    }

    @Test
    void listsInListsAndTypedListsHideNothing() {
        List<Manifest> manifests = read("""
                apiVersion: v1
                kind: List
                items:
                - apiVersion: apps/v1
                  kind: DeploymentList
                  items:
                  - metadata: {name: a}
                - apiVersion: v1
                  kind: Basket
                  items:
                  - {apiVersion: v1, kind: Pod, metadata: {name: b}}
                """);
        assertThat(manifests).extracting(Manifest::apiVersion).containsExactly("apps/v1", "v1");
        assertThat(manifests).extracting(Manifest::kind).containsExactly("Deployment", "Pod");
        assertThat(manifests).extracting(Manifest::line).containsExactly(7, 11);
    }

    @Test
    void anEmptyNamespaceIsNone() {
        Manifest manifest = read("{apiVersion: v1, kind: Pod, metadata: {namespace: '', name: '', generateName: a-}}")
                .getFirst();
        assertThat(manifest.namespace()).isEmpty();
        assertThat(manifest.name()).isEqualTo("a-…");
    }

    @Test
    void theLineOfAFieldThatIsMergedIsItsOwnWhereItHasOne() {
        Manifest manifest = read("""
                apiVersion: v1
                kind: A
                base: &base
                  image: old
                app:
                  <<: *base
                  image: new
                """).getFirst();
        assertThat(manifest.line("app.image")).isEqualTo(7);
        assertThat(manifest.object().object("app").flatMap(app -> app.text("image")))
                .contains("new");
    }

    @Test
    void theLineOfWhatIsNotThereIsThatOfWhatIsNearestAroundIt() {
        Manifest manifest = read("""
                apiVersion: v1
                kind: Pod
                spec:
                  containers:
                  - name: app
                """).getFirst();
        assertThat(manifest.line("spec.containers[0].securityContext.privileged"))
                .isEqualTo(5);
        assertThat(manifest.line("spec.containers[7].image")).isEqualTo(4);
        assertThat(manifest.line("status.phase")).isEqualTo(1);
        assertThat(manifest.line("")).isEqualTo(1);
    }

    static Stream<Arguments> refused() {
        String bomb = IntStream.rangeClosed(1, 9)
                .mapToObj(i -> "a%d: &a%d [%s]\n"
                        .formatted(i, i, "*a%d,".formatted(i - 1).repeat(9)))
                .collect(Collectors.joining("", "apiVersion: v1\nkind: Bomb\na0: &a0 [lol]\n", ""));
        return Stream.of(
                Arguments.of("no object", "- a\n", "app.yaml:1: a manifest must be an object"),
                Arguments.of(
                        "no kind", "a: 1\n", "app.yaml:1: it is no Kubernetes object: apiVersion or kind is missing"),
                Arguments.of("no YAML", "a: [1\nb: 2\n", "app.yaml:2: it is no YAML"),
                Arguments.of(
                        "the same field twice",
                        "apiVersion: v1\nkind: A\nspec:\n  a: 1\n  a: 2\n",
                        "app.yaml:5: field `a` is there twice"),
                Arguments.of("a key that is no text", "? [a]\n: 1\n", "app.yaml:1: a name of a field must be a text"),
                Arguments.of("a tag of a language", "a: !!javax.Thing 1\n", "Global tag is not allowed"),
                Arguments.of("a tag of its own", "a: !secret 1\n", "the tag `!secret` is not known to Kubernetes"),
                Arguments.of("not a number", "a: .nan\n", "`.nan` is no number that JSON has"),
                Arguments.of("a text that is said to be a number", "a: !!int foo\n", "`foo` is no number"),
                Arguments.of("a number without end", "a: !!int " + "1".repeat(1_000_000), "is no number that JSON has"),
                Arguments.of(
                        "a version that is no text",
                        "apiVersion: 1\nkind: A\n",
                        "app.yaml:1: `apiVersion` must be a string"),
                Arguments.of(
                        "a list of what is no object",
                        "apiVersion: v1\nkind: List\nitems: [1]\n",
                        "app.yaml:1: `items[0]` must be an object"),
                Arguments.of(
                        "an item that is of no kind",
                        "apiVersion: v1\nkind: List\nitems: [{metadata: {name: a}}]\n",
                        "app.yaml:3: it is no Kubernetes object"),
                Arguments.of(
                        "names that grow", growing(), "the names that lead to it are longer than 4,000 characters"),
                Arguments.of(
                        "a long name over many values",
                        "%1$s:\n %1$s:\n  %1$s:\n".formatted("a".repeat(1_000)) + "  - 1\n".repeat(60_000),
                        "the names that lead to its values are together longer than"),
                Arguments.of("an alias bomb", bomb, "app.yaml:"),
                Arguments.of("an alias of itself", "a: &a [*a]\n", "app.yaml:"),
                Arguments.of("too deep", "a: " + "[".repeat(100_000) + "]".repeat(100_000), "Nesting Depth exceeded"),
                Arguments.of("too deep as blocks", deep(), "Nesting Depth exceeded"),
                Arguments.of("too large", "a: 1\n".repeat(6 << 20), "app.yaml:1: it is larger than 24 MB"),
                Arguments.of(
                        "a line that is too long",
                        "a: 1\nb: \"" + "x".repeat(5 << 20) + "\"",
                        "app.yaml:2: the line is longer than 4 MB"));
    }

    private static String growing() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            text.append(" ".repeat(i)).append("a".repeat(500)).append(":\n");
        }
        return text.append(" ".repeat(100)).append("[1, 1]\n").toString();
    }

    private static String deep() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            text.append(" ".repeat(i)).append("a:\n");
        }
        return text.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void whatCannotBeReadIsRefusedWithItsLineAndInTime(String name, String text, String says) {
        assertThatThrownBy(() -> read(text))
                .as(name)
                .isInstanceOf(UnreadableManifest.class)
                .hasMessageContaining(says);
    }

    @Test
    void twentyMegabytesAreRead() {
        String text = "apiVersion: v1\nkind: A\nlines:\n" + "- 12345678901234567\n".repeat(1_000_000);
        assertThat(read(text).getFirst().object().items("lines")).hasSize(1_000_000);
    }
}
