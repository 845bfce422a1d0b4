package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.SAXException;

/// What other tools read is as their formats have it.
final class ReportSchemaTest {
    /// Jenkins' schema of JUnit's XML, [junit-10.xsd](https://github.com/jenkinsci/xunit-plugin), where it is.
    private static final Path JENKINS =
            Path.of(System.getProperty("interlock.corpus", "../shared/corpus")).resolve("schemas/junit-10.xsd");

    private static final String POLICY = """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: "p & <q>"}
            spec:
              owner: {team: platform, contact: "#platform"}
              match: {namespaceSelector: {}}
              onUndecided: Deny
              checks:
              - {id: pinned, images: {digest: Required}}
              - {id: contained, mode: Warn, podSecurity: {level: baseline}}
              - {id: no-edge, mode: Audit, images: {digest: Optional, deniedTags: [edge]}}
            """;

    @TempDir
    private Path directory;

    private static String pod(String name, String image, String more) {
        return "{apiVersion: v1, kind: Pod, metadata: {name: \"%s\"}, spec: {%s containers: [{name: a, image: \"%s\"}]}}\n---\n"
                .formatted(name, more, image);
    }

    /// All outcomes, all effects, names that have to be escaped, and nothing at all.
    static List<String> manifests() {
        String good = pod("good", "nginx@sha256:" + "a".repeat(64), "");
        String warned = pod("warned", "nginx@sha256:" + "a".repeat(64), "hostPID: true,");
        String denied = pod("]]> & < \\u0007 \\\" 100%", "nginx:edge", "hostPID: true,");
        return List.of(
                good,
                warned,
                denied,
                good + warned + denied,
                pod("undecided", "nginx", "securityContext: {sysctls: 7},"),
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: none}}");
    }

    private String report(String manifests, String format) throws IOException {
        Path files = Files.createDirectories(directory.resolve("a dir, ünd % <more>"));
        Files.writeString(files.resolve("m.yaml"), manifests);
        Files.writeString(directory.resolve("policy.yaml"), POLICY);
        World.Ran ran = World.run(
                World.NO_CLUSTER,
                "check",
                "-f",
                files.toString(),
                "--policy",
                directory.resolve("policy.yaml").toString(),
                "--stage",
                "production",
                "-o",
                format);
        assertThat(ran.out()).as(ran.err()).isNotEmpty();
        return ran.out();
    }

    private static Set<ValidationMessage> faults(String sarif) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ReportSchemaTest.class.getResourceAsStream("/schema/sarif-schema-2.1.0.json"))) {
            JsonSchema schema =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(in);
            return schema.validate(
                    sarif,
                    InputFormat.JSON,
                    context -> context.getExecutionConfig().setFormatAssertionsEnabled(true));
        }
    }

    private static void valid(String xml, StreamSource schema) throws IOException {
        try {
            SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
            Schema read = factory.newSchema(schema);
            Validator validator = read.newValidator();
            validator.validate(new StreamSource(new StringReader(xml)));
        } catch (SAXException e) {
            throw new AssertionError(xml, e);
        }
    }

    private static StreamSource own() {
        URL schema = Objects.requireNonNull(ReportSchemaTest.class.getResource("/reports/junit.xsd"));
        return new StreamSource(schema.toExternalForm());
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void sarifIsAsItsSchemaHasIt(String manifests) throws IOException {
        assertThat(faults(report(manifests, "sarif"))).isEmpty();
    }

    @Test
    void whatIsNoSarifIsFoundToBeNone() throws IOException {
        String report = report(manifests().get(2), "sarif");
        assertThat(faults(report.replace("\"level\" : \"error\"", "\"level\" : \"grave\"")))
                .isNotEmpty();
        assertThat(faults(report.replace("\"ruleId\"", "\"rule\""))).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void junitIsAsThoseWhoReadItExpect(String manifests) throws IOException {
        valid(report(manifests, "junit"), own());
    }

    /// Cases and policies of which something is found.
    private String other(String command, String format) throws IOException {
        Path policies = Files.createDirectories(directory.resolve("a dir, ünd % <more>"));
        Files.writeString(
                policies.resolve("p.yaml"),
                POLICY.replace(
                                "{namespaceSelector: {}}",
                                "{stages: [a], namespaceSelector: {matchLabels: {interlock.dev/stage: b}}}")
                        .replace("onUndecided: Deny", "onUndecided: Allow"));
        Files.writeString(policies.resolve("t.yaml"), """
                apiVersion: test.interlock.dev/v1alpha1
                kind: PolicyTest
                policies: [p.yaml]
                cases:
                - name: "]]> & < 100%: fails"
                  object: {apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: a, image: nginx}]}}
                  expect: {outcome: Denied}
                """);
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(List.of(policies.toString(), "-o", format));
        World.Ran ran = World.run(World.NO_CLUSTER, arguments.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
        return ran.out();
    }

    @ParameterizedTest
    @CsvSource({"test, UnexpectedOutcome", "policy lint -f, never-matches"})
    void whatIsFoundInCasesAndPoliciesIsWrittenInEachOfTheFormats(String command, String found) throws IOException {
        valid(other(command, "junit"), own());
        assertThat(faults(other(command, "sarif"))).isEmpty();
        assertThat(other(command, "sarif")).contains("\"ruleId\" : \"%s\"".formatted(found), "\"startLine\" : ");
        assertThat(other(command, "github"))
                .contains("::error file=")
                .contains("title=Interlock %s::".formatted(found))
                .contains("a dir%2C ünd %25 <more>/");
        assertThat(new YAMLMapper().readTree(other(command, "yaml")))
                .isEqualTo(new YAMLMapper().readTree(other(command, "json")));
        assertThat(other(command, "wide")).contains("LINE", ".yaml:");
        assertThat(other(command, "junit")).contains("<failure");
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void junitIsAsJenkinsReadsIt(String manifests) throws IOException {
        assumeThat(JENKINS)
                .as("Jenkins' schema is not there: this is not tested")
                .exists();
        valid(report(manifests, "junit"), new StreamSource(JENKINS.toFile()));
    }

    @Test
    void noReportLosesAReason() throws IOException {
        String all = manifests().get(2);
        assertThat(report(all, "junit"))
                .contains("DigestMissing", "HostNamespace")
                .doesNotContain("TagDenied");
        assertThat(report(all, "sarif")).contains("DigestMissing", "HostNamespace", "TagDenied");
    }
}
