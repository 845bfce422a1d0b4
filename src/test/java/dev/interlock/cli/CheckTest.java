package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/// `interlock check`, which needs no cluster.
final class CheckTest {
    private static final String POLICY = """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: production}
            spec:
              owner: {team: platform, contact: "#platform"}
              match: {stages: [production]}
              mode: Enforce
              onUndecided: Deny
              checks:
              - id: images-pinned
                remedy: deploy what CI pushed
                images: {digest: Required}
              - id: pod-security
                mode: Warn
                podSecurity: {level: baseline, version: latest}
              - id: no-edge
                mode: Audit
                images: {digest: Optional, deniedTags: [edge]}
              - id: stable
                stability: {maxOpenDrift: 0}
            """;
    private static final String GOOD = "registry.example.com/app@sha256:" + "a".repeat(64);

    @TempDir
    private Path directory;

    @BeforeEach
    void policy() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), POLICY);
    }

    private static String deployment(String name, String image, String more) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: %s
                  namespace: shop
                spec:
                  template:
                    spec:
                      containers:
                      - name: app
                        image: %s
                %s---
                """.formatted(name, image, more);
    }

    private World.Ran check(String manifests, String... more) {
        String[] arguments = Stream.concat(
                        Stream.of("check", "-f", "-", "--policy", directory.toString()), Arrays.stream(more))
                .toArray(String[]::new);
        return World.run(World.NO_CLUSTER, manifests, arguments);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    /// A Secret's value is in no output, and what is in no namespace has no stage.
    @Test
    void case74_otherResourcesThatAPolicyNamesAreAskedAboutAndSecretsByDigest() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: others}
                spec:
                  owner: {team: platform}
                  match:
                    namespaceSelector: {}
                    resources:
                    - services.v1
                    - secrets.v1
                    - ingresses.v1.networking.k8s.io
                    - clusterrolebindings.v1.rbac.authorization.k8s.io
                    - widgets.v1.example.com
                  checks:
                  - id: rule
                    expression: object.kind == 'Widget'
                    messageExpression: "object.kind == 'Secret' ? string(object.data.token) : object.kind + ' in `' + request.namespace + '`'"
                ---
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: staged}
                spec:
                  owner: {team: platform}
                  match: {stages: [production], resources: [clusterrolebindings.v1.rbac.authorization.k8s.io]}
                  checks: [{id: staged, expression: 'false'}]
                """);
        World.Ran ran = check("""
                {apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}}
                ---
                {apiVersion: v1, kind: Secret, metadata: {name: k, namespace: shop}, stringData: {token: canary}}
                ---
                {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: shop}}
                ---
                {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}}
                ---
                {apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: shop}}
                ---
                {apiVersion: example.com/v2, kind: Widget, metadata: {name: of-another-version, namespace: shop}}
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: nobody-asks, namespace: shop}}
                """, "--stage", "production");
        assertThat(ran.out())
                .contains(
                        "Denied    Service shop/s",
                        "Service in `shop`",
                        "Denied    Secret shop/k",
                        "salted-sha256:",
                        "Denied    Ingress shop/i",
                        "Denied    ClusterRoleBinding b",
                        "ClusterRoleBinding in ``",
                        "Allowed   Widget shop/w",
                        "Undecided Widget shop/of-another-version",
                        "[others] VersionNotNamed: the policy names widgets.v1.example.com",
                        "6 objects: 4 denied, 1 undecided, 1 allowed; 1 of other kinds")
                .doesNotContain("canary", "Y2FuYXJ5", "staged");
    }

    /// Nothing is decided of it, and that is said: the cluster may know a stage.
    @Test
    void whatAPolicyNamesAndDoesNotGuardHereIsNamed() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: others}
                spec:
                  owner: {team: platform}
                  match: {stages: [production], resources: [services.v1]}
                  checks: [{id: rule, expression: 'false'}]
                """);
        String service = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}}";
        World.Ran ran = check(service);
        assertThat(ran.out()).isEqualTo("0 objects of a governed kind; 1 of other kinds\n");
        assertThat(ran.err())
                .isEqualTo(
                        "no policy guards what has no stage; give --stage, or a Namespace among the manifests, for namespace shop\n");
        assertThat(check(service, "--stage", "production").err()).isEmpty();
        String policy = Files.readString(directory.resolve("policy.yaml"));
        Files.writeString(
                directory.resolve("policy.yaml"),
                policy.replace("services.v1]", "services.v1], conditions: [{name: other, expression: 'false'}]"));
        assertThat(check(service, "--stage", "production").err())
                .as("one that a condition keeps away guards the stage all the same")
                .isEmpty();
    }

    /// Names of kinds say nothing: Longhorn's nodes are in a namespace, Karpenter's are not.
    @Test
    void aDefinitionAmongTheManifestsSaysWhetherACustomResourceIsInANamespace() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: others}
                spec:
                  owner: {team: platform}
                  match:
                    namespaceSelector: {}
                    resources: [nodes.v1.longhorn.io, fleets.v1.example.com, oddities.v1.example.com, namespaces.v1]
                  checks:
                  - id: rule
                    expression: 'false'
                    messageExpression: "'in `' + request.namespace + '`'"
                """);
        String manifests = """
                {apiVersion: longhorn.io/v1, kind: Node, metadata: {name: one}}
                ---
                {apiVersion: example.com/v1, kind: Fleet, metadata: {name: f}}
                ---
                {apiVersion: example.com/v1, kind: Odd, metadata: {name: o, namespace: shop}}
                ---
                {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
                """;
        World.Ran guessed = check(manifests);
        assertThat(guessed.out())
                .as(guessed.err())
                .contains("Denied    Node default/one", "Denied    Fleet default/f", "1 of other kinds");
        assertThat(guessed.err())
                .contains(
                        "taken to be in namespace default, because no CustomResourceDefinition among the manifests says where they are: Fleet, Node");
        World.Ran told = check(manifests + """
                ---
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: fleets.example.com}
                spec: {group: example.com, scope: Cluster, names: {plural: fleets, kind: Fleet}}
                ---
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: oddities.example.com}
                spec: {group: example.com, scope: Namespaced, names: {plural: oddities, kind: Odd}}
                ---
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: broken.example.com}
                spec: {group: 7}
                ---
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: namespaces.}
                spec: {group: "", scope: Namespaced, names: {plural: namespaces, kind: Other}}
                ---
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: nodes.longhorn.io}
                spec: {group: longhorn.io, scope: Cluster, names: {plural: nodes}}
                """);
        assertThat(told.out())
                .contains(
                        "Denied    Node default/one",
                        "Denied    Fleet f",
                        "Denied    Odd shop/o",
                        "Denied    Namespace shop",
                        "in ``");
        assertThat(told.err()).contains("says where they are: Node\n");
    }

    @Test
    void saysWhatTheGateWouldSayWithTheLineAtFaultAndEndsByIt() {
        World.Ran ran = check(
                deployment("good", GOOD, "") + deployment("bad", "nginx:edge", "      hostNetwork: true\n"),
                "--stage",
                "production");
        assertThat(ran.out()).isEqualTo("""
                Allowed   Deployment shop/good  stdin:1
                Denied    Deployment shop/bad  stdin:13
                  line 23 [production/images-pinned] DigestMissing: container app: image `nginx:edge` has no digest; pin it as `docker.io/library/nginx@sha256:…`; deploy what CI pushed (ask platform, #platform)
                  line 23 [production/no-edge] TagDenied: container app: image `nginx:edge` is named by tag `edge`; name a release, or pin it (ask platform, #platform) (recorded only)
                  line 24 [production/pod-security] HostNamespace: the Pod is in a namespace of its node; leave out hostNetwork (ask platform, #platform)
                2 objects: 1 denied, 1 allowed
                """);
        assertThat(ran.err()).isEqualTo("not asked, because only a cluster knows: production/stable\n");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void wideThereIsARowForEachReasonWithModeOwnerAndRemedy() {
        World.Ran ran = check(
                deployment("good", GOOD, "") + deployment("bad", "nginx:edge", ""),
                "--stage",
                "production",
                "-o",
                "wide");
        List<String> lines = ran.out().lines().toList();
        assertThat(lines.getFirst())
                .matches(
                        "OUTCOME +OBJECT +STAGE +SERVICE +LINE +POLICY +CHECK +MODE +EFFECT +CODE +OWNER +REMEDY +MESSAGE");
        assertThat(lines.get(1)).matches("Allowed +Deployment shop/good +production +shop +stdin:1( +-){8}");
        assertThat(lines.get(2))
                .matches(
                        "Denied +Deployment shop/bad +production +shop +stdin:23 +production +images-pinned +Enforce +Denies +DigestMissing +platform, #platform +deploy what CI pushed +container app: .*");
        assertThat(lines.get(3)).contains("no-edge", "Audit", "Recorded", "TagDenied");
        assertThat(lines.getLast()).isEqualTo("2 objects: 1 denied, 1 allowed");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void whatIsAllowedEndsWithZeroAndWhatIsWarnedAboutToo() {
        assertThat(check(deployment("good", GOOD, ""), "--stage", "production").exit())
                .isZero();
        String warned = deployment("warned", GOOD, "      hostPID: true\n");
        assertThat(check(warned, "--stage", "production").exit()).isZero();
        assertThat(check(warned, "--stage", "production", "--fail-on-warn").exit())
                .isEqualTo(5);
    }

    @Test
    void theStageIsThatOfTheNamespaceAmongTheManifests() {
        String namespace = """
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop, labels: {interlock.dev/stage: production}}
                ---
                """;
        World.Ran ran = check(namespace + deployment("bad", "nginx", ""));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).endsWith("1 object: 1 denied; 1 of other kinds\n");
    }

    @Test
    void whereNoPolicyGuardsItSaysSo() {
        World.Ran ran = check(deployment("bad", "nginx", ""));
        assertThat(ran.exit()).isZero();
        assertThat(ran.err())
                .isEqualTo(
                        "no policy guards what has no stage; give --stage, or a Namespace among the manifests, for namespace shop\n");
        assertThat(check(deployment("bad", "nginx", ""), "--stage", "elsewhere").err())
                .isEqualTo("no policy guards stage elsewhere in namespace shop\n");
    }

    @Test
    void anObjectThatNamesNoNamespaceIsInTheOneThatIsGiven() {
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: nginx}]}}";
        assertThat(check(pod, "--stage", "production", "-n", "tools").out())
                .startsWith("Denied    Pod tools/p  stdin:1\n");
        assertThat(check(pod, "--stage", "production").out()).startsWith("Denied    Pod default/p  stdin:1\n");
    }

    /// As the gate has it: a name that was generated, the namespace that it is made in, and no dry run.
    @Test
    void expressionsReadWhatTheApiServerMakesOfTheManifest() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: named}
                spec:
                  owner: {team: platform}
                  match:
                    namespaceSelector: {}
                    conditions:
                    - {name: real, expression: "!request.dryRun"}
                  mode: Enforce
                  onUndecided: Deny
                  checks:
                  - {id: name, expression: "object.metadata.name.matches('^migrate-[a-z0-9]{5}$') && workload.name == object.metadata.name"}
                  - {id: namespace, expression: "object.metadata.namespace == 'shop' && object.metadata.namespace == request.namespace"}
                """);
        String job = """
                apiVersion: batch/v1
                kind: Job
                metadata: {generateName: migrate-}
                spec: {template: {spec: {containers: [{name: app, image: nginx}]}}}
                """;
        World.Ran ran = check(job, "-n", "shop");
        assertThat(ran.out()).contains("Job shop/migrate-…").contains("Allowed");
        assertThat(ran.exit()).isZero();
        assertThat(check(job, "-n", "cart").exit()).isEqualTo(1);
    }

    /// Catalogue 8: the cluster would convert it, or not, by what else is asked about.
    @Test
    void case8_whatIsInAnotherVersionThanThePolicyNamesIsNotPassedBy() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: scaled}
                spec:
                  owner: {team: platform}
                  match: {namespaceSelector: {}, resources: [horizontalpodautoscalers.v2.autoscaling]}
                  mode: Enforce
                  onUndecided: Deny
                  checks: [{id: few, expression: object.spec.maxReplicas < 10}]
                """);
        World.Ran ran = check("""
                apiVersion: autoscaling/v1
                kind: HorizontalPodAutoscaler
                metadata: {name: app, namespace: shop}
                spec: {maxReplicas: 3}
                """);
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out() + ran.err()).contains("the policy names horizontalpodautoscalers.v2.autoscaling");
    }

    @Test
    void everyContainerOfAnInitContainerToAnImageVolumeIsAsked() {
        World.Ran ran = check(deployment("bad", GOOD, """
                      initContainers:
                      - {name: migrate, image: migrate}
                      volumes:
                      - {name: data, image: {reference: data}}
                """), "--stage", "production");
        assertThat(ran.out())
                .contains("line 13 [production/images-pinned] DigestMissing: init container migrate")
                .contains("line 15 [production/images-pinned] DigestMissing: image volume data");
    }

    @Test
    void ownershipIsThatOfTheDeliveryPathsAmongThePolicies() throws IOException {
        Files.writeString(directory.resolve("owned.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: owned}
                spec:
                  owner: {team: platform}
                  match: {stages: [production]}
                  mode: Enforce
                  onUndecided: Deny
                  checks: [{id: owner-known, ownership: {}}]
                """);
        assertThat(check(deployment("good", GOOD, ""), "--stage", "production").out())
                .contains("[owned/owner-known] OwnerUnknown: no DeliveryPath lists namespace `shop`");
        Files.writeString(directory.resolve("path.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: DeliveryPath
                metadata: {name: shop}
                spec:
                  service: shop
                  owner: {team: shop}
                  workloads: {}
                  stages: [{name: production, namespaces: [shop], promoters: {users: [ci]}}]
                """);
        JsonNode answer = json(check(deployment("good", GOOD, ""), "--stage", "production", "-o", "json")
                .out());
        assertThat(answer.at("/objects/0/outcome").asText()).isEqualTo("Allowed");
        assertThat(answer.at("/objects/0/service").asText()).isEqualTo("shop");
    }

    @Test
    void forProgramsEverythingIsInJsonAndTheSameInYaml() throws IOException {
        String manifests = deployment("bad", "nginx:edge", "");
        JsonNode answer =
                json(check(manifests, "--stage", "production", "-o", "json").out());
        assertThat(answer.at("/objects/0/outcome").asText()).isEqualTo("Denied");
        assertThat(answer.at("/objects/0/admitted").asBoolean()).isFalse();
        assertThat(answer.at("/objects/0/policies/0").asText()).isEqualTo("production");
        assertThat(answer.at("/objects/0/notAsked/0").asText()).isEqualTo("production/stable");
        JsonNode reason = answer.at("/objects/0/reasons/0");
        assertThat(reason.path("code").asText()).isEqualTo("DigestMissing");
        assertThat(reason.path("effect").asText()).isEqualTo("Denies");
        assertThat(reason.path("line").asInt()).isEqualTo(11);
        assertThat(reason.path("path").asText()).isEqualTo("spec.template.spec.containers[0].image");
        assertThat(new YAMLMapper()
                        .readTree(check(manifests, "--stage", "production", "-o", "yaml")
                                .out()))
                .isEqualTo(answer);
    }

    @Test
    void forPipelinesThereIsACaseForEachObjectInJunit() throws Exception {
        String text = check(
                        deployment("good", GOOD, "      hostPID: true\n") + deployment("\"bad\\u0007\"", "nginx", ""),
                        "--stage",
                        "production",
                        "-o",
                        "junit")
                .out();
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        Element suite = (Element) document.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("tests")).isEqualTo("2");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(document.getElementsByTagName("testcase").getLength()).isEqualTo(2);
        assertThat(((Element) document.getElementsByTagName("failure").item(0)).getAttribute("message"))
                .startsWith("stdin:24 [production/images-pinned] DigestMissing: container app");
        assertThat(document.getElementsByTagName("system-out").item(0).getTextContent())
                .startsWith("stdin:12 [production/pod-security] HostNamespace: the Pod");
    }

    @Test
    void forCodeScanningThereIsSarifWithFileAndLine() {
        JsonNode answer = json(
                check(deployment("bad", "nginx:edge", "      hostPID: true\n"), "--stage", "production", "-o", "sarif")
                        .out());
        assertThat(answer.path("version").asText()).isEqualTo("2.1.0");
        JsonNode run = answer.at("/runs/0");
        assertThat(run.at("/tool/driver/name").asText()).isEqualTo("Interlock");
        assertThat(run.at("/tool/driver/rules").findValuesAsText("id"))
                .containsExactly(
                        "production/images-pinned/DigestMissing",
                        "production/no-edge/TagDenied",
                        "production/pod-security/HostNamespace");
        assertThat(run.path("results").findValuesAsText("level")).containsExactly("error", "note", "warning");
        JsonNode place = run.at("/results/0/locations/0/physicalLocation");
        assertThat(place.at("/artifactLocation/uri").asText()).isEqualTo("stdin");
        assertThat(place.at("/region/startLine").asInt()).isEqualTo(11);
    }

    @Test
    void forGitHubEachReasonIsAnAnnotationThatNoValueCanBreakOutOf() {
        World.Ran ran = check(
                deployment("bad", "\"ng%0Ainx\\n::error::x,y ##vso[task:edge\"", "      hostPID: true\n"),
                "--stage",
                "production",
                "-o",
                "github");
        String image = "image `ng%250Ainx ::error::x,y # #vso[task:edge` is no image reference";
        assertThat(ran.out().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith(
                                        "::error file=stdin,line=11,title=Interlock [production/images-pinned] ImageInvalid::")
                                .contains(image),
                        line -> assertThat(line)
                                .startsWith(
                                        "::notice file=stdin,line=11,title=Interlock [production/no-edge] ImageInvalid::")
                                .contains(image),
                        line -> assertThat(line)
                                .startsWith(
                                        "::warning file=stdin,line=12,title=Interlock [production/pod-security] HostNamespace::"),
                        line -> assertThat(line).isEqualTo("1 object: 1 denied"));
    }

    @Test
    void aDirectoryIsReadWithAllThatIsBelowIt() throws IOException {
        Path app = Files.createDirectories(directory.resolve("app/deep"));
        Files.writeString(app.resolve("b.yml"), deployment("b", GOOD, ""));
        Files.writeString(app.resolve("../a.json"), "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\"}");
        Files.writeString(app.resolve("notes.txt"), "nothing");
        World.Ran ran = World.run(
                World.NO_CLUSTER,
                "check",
                "-f",
                directory.resolve("app").toString(),
                "--policy",
                directory.resolve("policy.yaml").toString(),
                "--stage",
                "production");
        assertThat(ran.out()).endsWith("1 object: 1 allowed; 1 of other kinds\n");
    }

    @Test
    void whatTheApiServerWouldFillIntoAPolicyIsFilledIn() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: least}
                spec:
                  owner: {team: platform}
                  match: {stages: [production]}
                  checks:
                  - {id: images-pinned, mode: null, images: {digest: null}}
                  - {id: pod-security, podSecurity: {level: baseline}}
                """);
        assertThat(check(deployment("bad", "nginx", "      hostPID: true\n"), "--stage", "production")
                        .out())
                .contains("[least/images-pinned] DigestMissing", "[least/pod-security] HostNamespace");
    }

    @Test
    void aPolicyOrPathThatIsThereTwiceOrCannotBeReadIsRefused() throws IOException {
        Path twice = Files.writeString(directory.resolve("twice.yaml"), POLICY);
        assertThat(check(deployment("a", GOOD, "")).err())
                .endsWith("twice.yaml:1: PromotionPolicy `production` is there twice; give each once\n");
        Files.writeString(twice, """
                apiVersion: interlock.dev/v1alpha1
                kind: DeliveryPath
                metadata: {name: shop}
                spec: {service: shop, owner: {team: shop}, workloads: {}, stages: [{name: production}]}
                """);
        assertThat(check(deployment("a", GOOD, "")).err())
                .endsWith("twice.yaml:1: DeliveryPath `shop` cannot be read: `stages.promoters` is missing\n");
        Files.writeString(twice, POLICY.replace("name: production}", "generateName: production-}"));
        assertThat(check(deployment("a", GOOD, "")).err()).endsWith("twice.yaml:1: metadata.name is missing\n");
        Files.writeString(twice, POLICY.replace("metadata: {name: production}", "metadata: {name: 5}"));
        assertThat(check(deployment("a", GOOD, "")).exit()).isEqualTo(2);
    }

    @Test
    void whatOnlyTheLabelsOfTheNamespaceSayIsNamed() throws IOException {
        Files.writeString(
                directory.resolve("policy.yaml"),
                POLICY.replace(
                        "match: {stages: [production]}", "match: {namespaceSelector: {matchLabels: {team: a}}}"));
        assertThat(check(deployment("a", GOOD, ""), "--stage", "production").err())
                .contains(
                        "chosen by labels of the namespace, which only a Namespace among the manifests says: production\n");
        String namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}\n---\n";
        World.Ran ran = check(namespace + deployment("a", "nginx", ""), "--stage", "production");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).doesNotContain("chosen by labels");
    }

    @Test
    void whoIsNoPromoterIsTold() throws IOException {
        Files.writeString(directory.resolve("path.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: DeliveryPath
                metadata: {name: shop}
                spec:
                  service: checkout
                  owner: {team: shop}
                  workloads: {}
                  stages: [{name: production, namespaces: [shop], promoters: {users: [ci]}}]
                """);
        String manifests = deployment("a", GOOD, "");
        assertThat(check(manifests, "--stage", "production", "--as", "jane").err())
                .contains("jane is no promoter, so what is let in would not be approved, of checkout\n");
        assertThat(check(manifests, "--stage", "production", "--as", "ci").err())
                .doesNotContain("no promoter");
    }

    @Test
    void noValueMovesTheCursorOrForgesALine() throws IOException {
        Files.writeString(
                directory.resolve("policy.yaml"), POLICY.replace("name: production}", "name: \"p\\nAllowed\\e[2K\"}"));
        assertThat(check(deployment("bad", "nginx", ""), "--stage", "production")
                        .out()
                        .lines())
                .filteredOn(line -> line.contains("DigestMissing"))
                .singleElement()
                .asString()
                .startsWith("  line 11 [p Allowed [2K/images-pinned] DigestMissing:");
    }

    @Test
    void aFieldThatNoPolicyHasIsRefusedWithItsLine() throws IOException {
        Files.writeString(
                directory.resolve("policy.yaml"),
                POLICY.replace("images: {digest: Required}", "imagse: {digest: Required}"));
        World.Ran ran = check(deployment("a", GOOD, ""));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .endsWith(
                        "policy.yaml:12: PromotionPolicy has no field `spec.checks[0].imagse`; take it out or mend its name\n");
    }

    @Test
    void whatCannotBeReadIsSaidWithItsPlaceAndEndsWithTwo() throws IOException {
        assertThat(check("kind: [", "--stage", "production"))
                .satisfies(ran -> assertThat(ran.exit()).isEqualTo(2))
                .satisfies(ran -> assertThat(ran.err()).startsWith("interlock: stdin:1: it is no YAML"));
        for (String wrong : List.of(
                "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: []}",
                "{apiVersion: v1, kind: Pod, metadata: {name: 5}}",
                "{apiVersion: v1, kind: Pod, metadata: {name: p, labels: [a]}}",
                "{apiVersion: v1, kind: Namespace, metadata: {name: p, labels: [a]}}",
                "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: 7}]}}",
                "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, env: [{name: PORT, value: 8080}]}]}}")) {
            assertThat(check(wrong, "--stage", "production"))
                    .as(wrong)
                    .satisfies(ran -> assertThat(ran.exit()).isEqualTo(2))
                    .satisfies(ran -> assertThat(ran.err()).startsWith("interlock: stdin:1: `"));
        }
        assertThat(check("").exit()).isEqualTo(2);
        assertThat(check("# nothing\n").err()).isEqualTo("interlock: there is no object in -; see what writes it\n");
        World.Ran missing =
                World.run(World.NO_CLUSTER, "check", "-f", "nowhere.yaml", "--policy", directory.toString());
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).isEqualTo("interlock: there is no file nowhere.yaml\n");
        Files.writeString(directory.resolve("policy.yaml"), POLICY.replace("level: baseline", "level: base"));
        assertThat(check(deployment("a", GOOD, "")).err())
                .contains(
                        "policy.yaml:1: PromotionPolicy `production` cannot be read: `spec.checks[1].podSecurity.level`");
        Files.writeString(directory.resolve("policy.yaml"), "{apiVersion: v1, kind: ConfigMap}");
        assertThat(check(deployment("a", GOOD, "")).err()).startsWith("interlock: there is no PromotionPolicy in ");
    }
}
