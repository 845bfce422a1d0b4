package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.kubernetes.Scopes;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.workload.GroupVersionResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What policies name beside workloads, through the second part of the gate and the real API server.
class ResourcesIT {
    private static final String NAMESPACE = "wares";
    private static final String SECOND = "validatingwebhookconfiguration/interlock-resources";
    private static final Duration SOON = Duration.ofSeconds(60);

    /// In no record, message, log or ledger, nor its Base64 form.
    private static final String CANARY = "canary-74-of-a-secret-value";

    private static ControlPlane controlPlane;
    private static Interlock interlock;
    private static Kubectl admin;

    @BeforeAll
    static void install() {
        controlPlane = ControlPlane.start();
        interlock = Interlock.install(controlPlane);
        admin = controlPlane.kubectl();
        admin.apply(Manifests.namespace(NAMESPACE, NAMESPACE, "required")).ok();
        admin.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.example.com}
                spec:
                  group: example.com
                  scope: Namespaced
                  names: {plural: widgets, singular: widget, kind: Widget}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    subresources: {status: {}}
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          rank: {type: integer}
                          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
                          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
                """).ok();
        admin.run("wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=60s")
                .ok();
    }

    @AfterAll
    static void remove() {
        interlock.close();
        controlPlane.close();
    }

    @AfterEach
    void clear() {
        interlock.start();
        admin.run("delete", "pp", "--all").ok();
        await("nothing more is asked about")
                .atMost(SOON)
                .until(() -> admin.run("get", SECOND).exit() != 0);
    }

    private static void policy(String name, String resource, String check) {
        admin.apply(stated(name, resource, check)).ok();
        admin.run("wait", "--for=condition=Ready", "pp/" + name, "--timeout=60s")
                .ok();
    }

    private static String stated(String name, String resource, String check) {
        return """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: %s}
                spec:
                  match: {namespaceSelector: {}, resources: [%s]}
                  owner: {team: platform}
                  mode: Enforce
                  onUndecided: Deny
                  checks:
                  - id: rule
                %s
                """.formatted(name, resource, check.indent(4));
    }

    private static String said(String object, String path) {
        return admin.run("get", object, "-o", "jsonpath={" + path + "}").ok().out();
    }

    private static String service(String name, String type) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec: {type: %s, ports: [{port: 80}]}
                """.formatted(name, NAMESPACE, type);
    }

    private static String configMap(String name, String value) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %s, namespace: %s, finalizers: [example.com/hold]}
                data: {level: %s}
                """.formatted(name, NAMESPACE, value);
    }

    @Test
    void aServiceIsJudgedRecordedAndNamedInItsDenial() {
        policy("services", "services.v1", "expression: object.spec.type != 'NodePort'\nmessage: no node ports");
        assertThat(admin.apply(service("open", "NodePort")).refused().err())
                .contains("no node ports")
                .contains("services");
        admin.apply(service("inner", "ClusterIP")).ok();
        await("a record of each")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(records(NAMESPACE, "Service"))
                        .containsExactlyInAnyOrder("Denied open v1", "Allowed inner v1"));
        assertThat(said("pp/services", ".status.conditions[?(@.type=='ResourcesAsked')].reason"))
                .isEqualTo("Asked");
        assertThat(admin.run("get", "events", "-n", NAMESPACE).ok().out()).contains("PromotionDenied", "service/open");
    }

    private static List<String> records(String namespace, String kind) {
        return admin.run(
                        "get",
                        "decisionrecords",
                        "-n",
                        namespace,
                        "-o",
                        "jsonpath={range .items[?(@.spec.subject.kind=='" + kind
                                + "')]}{.spec.decision} {.spec.subject.name} {.spec.subject.apiVersion}{\"\\n\"}{end}")
                .ok()
                .out()
                .lines()
                .toList();
    }

    /// As the API server chooses namespaces for a webhook.
    @Test
    void aNamespaceIsChosenByItsOwnLabels() {
        policy("namespaces", "namespaces.v1", "expression: object.metadata.name == 'another'\nmessage: say why");
        admin.run("patch", "pp/namespaces", "--type=merge", "-p", "{\"spec\":{\"match\":{\"stages\":[\"walled\"]}}}")
                .ok();
        admin.run("wait", "--for=jsonpath={.status.observedGeneration}=2", "pp/namespaces", "--timeout=60s")
                .ok();
        admin.run("wait", "--for=condition=Ready", "pp/namespaces", "--timeout=60s")
                .ok();
        assertThat(admin.apply(Manifests.namespace("walled", "walled", "required"))
                        .refused()
                        .err())
                .contains("say why");
        admin.apply(Manifests.namespace("open", "open", "required")).ok();
    }

    /// What `interlock check` goes by, which has no cluster to ask.
    @Test
    void whatIsKnownOfScopesWithoutAClusterIsWhatTheApiServerServes() {
        Scopes known = new Scopes(List.of());
        List<String> differing = new ArrayList<>();
        int builtIn = 0;
        for (String line : admin.run("api-resources", "--no-headers", "--verbs=create")
                .ok()
                .out()
                .lines()
                .toList()) {
            List<String> columns = new ArrayList<>(List.of(line.trim().split(" +")));
            String kind = columns.removeLast();
            boolean namespaced = Boolean.parseBoolean(columns.removeLast());
            GroupVersionResource resource = GroupVersionResource.of(columns.removeLast(), columns.getFirst());
            Scopes.Scope expected = resource.group().equals("example.com")
                    ? Scopes.Scope.UNKNOWN
                    : namespaced ? Scopes.Scope.NAMESPACED : Scopes.Scope.CLUSTER;
            if (known.of(resource) != expected) {
                differing.add("%s %s: %s".formatted(kind, resource, known.of(resource)));
            }
            builtIn++;
        }
        assertThat(differing).isEmpty();
        assertThat(builtIn).isGreaterThan(50);
    }

    @Test
    void whatNoPolicyGuardsHereIsLetThroughWithoutARecord() {
        policy("services", "services.v1", "expression: 'false'");
        admin.apply(Manifests.namespace("unguarded", "unguarded", "required")).ok();
        admin.run(
                        "patch",
                        "pp/services",
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"match\":{\"namespaceSelector\":{\"matchLabels\":{\"kubernetes.io/metadata.name\":\""
                                + NAMESPACE + "\"}}}}}")
                .ok();
        admin.run("wait", "--for=jsonpath={.status.observedGeneration}=2", "pp/services", "--timeout=60s")
                .ok();
        admin.run("wait", "--for=condition=Ready", "pp/services", "--timeout=60s")
                .ok();
        admin.apply(service("free", "ClusterIP").replace("namespace: " + NAMESPACE, "namespace: unguarded"))
                .ok();
        admin.apply(service("held", "ClusterIP")).refused();
        await("the record of the one that is guarded")
                .atMost(SOON)
                .until(() -> records(NAMESPACE, "Service").contains("Denied held v1"));
        assertThat(records("unguarded", "Service")).isEmpty();
    }

    @Test
    void case74_ofASecretNothingButDigestsIsSeen() throws IOException {
        policy("secrets", "secrets.v1", """
                expression: request.operation == 'CREATE' || object.data.token != oldObject.data.token
                messageExpression: "'the token stays: ' + object.data.token"
                """);
        String secret = """
                apiVersion: v1
                kind: Secret
                metadata: {name: keys, namespace: %s, labels: {round: "%s"}}
                stringData: {token: %s}
                """;
        admin.apply(secret.formatted(NAMESPACE, "1", CANARY)).ok();
        String refusal =
                admin.apply(secret.formatted(NAMESPACE, "2", CANARY)).refused().err();
        // Before that kubectl says what it was given itself.
        String denial = refusal.substring(refusal.indexOf("denied the request"));
        assertThat(denial).contains("the token stays: salted-sha256:");
        admin.apply(secret.formatted(NAMESPACE, "3", "another-" + CANARY)).ok();
        await("a record of each")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(records(NAMESPACE, "Secret")).hasSize(3));
        interlock.awaitRecords();
        String encoded = Base64.getEncoder().withoutPadding().encodeToString(CANARY.getBytes(StandardCharsets.UTF_8));
        String seen = denial
                + admin.run("get", "decisionrecords,driftevents,events", "-A", "-o", "yaml")
                        .ok()
                        .out()
                + Files.readString(interlock.log())
                + interlock.get("/metrics").orElseThrow().body();
        assertThat(seen).doesNotContain(CANARY).doesNotContain(encoded);
        interlock.stop();
        try (Stream<Path> files = Files.walk(interlock.data())) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain(CANARY)
                            .doesNotContain(encoded));
        }
    }

    @Test
    void whatIsInNoNamespaceIsJudgedRecordedHereAndNeverHeldWhileNobodyAnswers() {
        policy(
                "bindings",
                "clusterrolebindings.v1.rbac.authorization.k8s.io",
                "expression: object.roleRef.name != 'cluster-admin'\nmessage: nobody else is cluster-admin");
        List<String> bind =
                List.of("create", "clusterrolebinding", "too-much", "--clusterrole=cluster-admin", "--user=somebody");
        assertThat(admin.run("", bind).refused().err()).contains("nobody else is cluster-admin");
        await("its record")
                .atMost(SOON)
                .until(() -> records("interlock-system", "ClusterRoleBinding")
                        .contains("Denied too-much rbac.authorization.k8s.io/v1"));
        assertThat(said(SECOND, ".webhooks[?(@.name=='cluster.resources.interlock.dev')].failurePolicy"))
                .isEqualTo("Ignore");
        interlock.stop();
        admin.run("", bind).ok();
        admin.run("delete", "clusterrolebinding", "too-much").ok();
    }

    /// Laws 9, 10 and 12 for what runs nothing.
    @Test
    void case2_case3_case5_case8_duringAnOutageNothingIsChangedAndEverythingCanBeTakenAway() {
        admin.apply(configMap("kept", "old")).ok();
        admin.apply(configMap("going", "old")).ok();
        policy("maps", "configmaps.v1", "expression: object.data.level != 'bad'\nmessage: this level is bad");
        assertThat(admin.apply(configMap("kept", "bad")).refused().err()).contains("this level is bad");
        admin.run("delete", "configmap/going", "-n", NAMESPACE, "--wait=false").ok();
        interlock.stop();
        assertThat(admin.apply(configMap("kept", "new")).refused().err()).contains("failed calling webhook");
        assertThat(admin.apply(configMap("going", "new")).refused().err())
                .as("what is being deleted is not changed meanwhile")
                .contains("failed calling webhook");
        for (String member : List.of("labels", "annotations")) {
            String more = "{\"metadata\":{\"%s\":{\"served\":\"yes\"}}}".formatted(member);
            assertThat(admin.run("patch", "configmap/going", "-n", NAMESPACE, "--type=merge", "-p", more)
                            .refused()
                            .err())
                    .as(member + " neither")
                    .contains("failed calling webhook");
        }
        String less = "{\"data\":null}";
        assertThat(admin.run("patch", "configmap/going", "-n", NAMESPACE, "--type=merge", "-p", less)
                        .refused()
                        .err())
                .contains("failed calling webhook");
        admin.run(
                        "",
                        List.of(
                                "create",
                                "configmap",
                                "kube-root-ca.of-a-controller",
                                "-n",
                                NAMESPACE,
                                "--as=system:serviceaccount:kube-system:root-ca-cert-publisher",
                                "--as-group=system:masters"))
                .ok();
        String released = "{\"metadata\":{\"finalizers\":null}}";
        admin.run("patch", "configmap/going", "-n", NAMESPACE, "--type=merge", "-p", released)
                .ok();
        admin.run("delete", "configmap/kept", "-n", NAMESPACE, "--wait=false").ok();
        admin.run("patch", "configmap/kept", "-n", NAMESPACE, "--type=merge", "-p", released)
                .ok();
        admin.run("get", "configmap/kept", "-n", NAMESPACE).refused();
    }

    @Test
    void aCustomResourceIsJudgedAndItsStatusIsNot() {
        policy("widgets", "widgets.v1.example.com", "expression: object.spec.size <= 3\nmessage: too large");
        String widget = """
                apiVersion: example.com/v1
                kind: Widget
                metadata: {name: w, namespace: %s}
                spec: {size: %d}
                """;
        assertThat(admin.apply(widget.formatted(NAMESPACE, 4)).refused().err()).contains("too large");
        admin.apply(widget.formatted(NAMESPACE, 3)).ok();
        admin.run("annotate", "widget/w", "-n", NAMESPACE, "example.com/note=1").ok();
        interlock.stop();
        admin.run(
                        "patch",
                        "widget/w",
                        "-n",
                        NAMESPACE,
                        "--subresource=status",
                        "--type=merge",
                        "-p",
                        "{\"status\":{\"ready\":true}}")
                .ok();
        admin.run("delete", "widget/w", "-n", NAMESPACE).ok();
    }

    @Test
    void itIsWrittenOnlyWhenItChangesAndMendedWhenSomebodyElseChangesIt() {
        policy("services", "services.v1", "expression: 'true'");
        String written = said(SECOND, ".metadata.resourceVersion");
        policy("more-services", "services.v1", "expression: 'true'");
        interlock.stop();
        interlock.start();
        admin.run("wait", "--for=condition=Ready", "pp/more-services", "--timeout=60s")
                .ok();
        assertThat(said(SECOND, ".metadata.resourceVersion")).isEqualTo(written);

        admin.run(
                        "patch",
                        SECOND,
                        "--type=json",
                        "-p",
                        "[{\"op\":\"replace\",\"path\":\"/webhooks/0/failurePolicy\",\"value\":\"Ignore\"}]")
                .ok();
        await("it is mended")
                .atMost(SOON)
                .until(() -> said(SECOND, ".webhooks[0].failurePolicy").equals("Fail"));
        admin.run("delete", SECOND).ok();
        await("it is made again")
                .atMost(SOON)
                .until(() -> admin.run("get", SECOND).exit() == 0);

        policy("ingresses", "ingresses.v1.networking.k8s.io", "expression: 'true'");
        assertThat(said(SECOND, ".webhooks[0].rules[*].resources[*]")).isEqualTo("ingresses services");
        admin.run("delete", "pp/ingresses").ok();
        await("only what is named is asked about")
                .atMost(SOON)
                .until(() -> said(SECOND, ".webhooks[0].rules[*].resources[*]").equals("services"));
    }

    /// Law 12: one command opens all of it.
    @Test
    void whoDeletesTheGateOpensBothPartsAndTheyStayOpen() {
        policy("services", "services.v1", "expression: 'false'");
        String gate = admin.run("get", "validatingwebhookconfiguration/interlock", "-o", "yaml")
                .ok()
                .out();
        try {
            admin.apply(service("held", "ClusterIP")).refused();
            admin.run("delete", "validatingwebhookconfiguration", "interlock").ok();
            await("the second part goes with the first")
                    .atMost(SOON)
                    .until(() -> admin.run("get", SECOND).exit() != 0);
            admin.apply(service("held", "ClusterIP")).ok();
        } finally {
            admin.apply(gate.replaceAll("(?m)^  (uid|resourceVersion|generation|creationTimestamp):.*\n", ""))
                    .ok();
        }
        await("both are there again")
                .atMost(SOON)
                .until(() -> admin.run("get", SECOND).exit() == 0);
    }

    /// Whether the API server, its own definitions or somebody's publishes them, and in namespaces or not.
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "services.v1, object.spec.typ != 'NodePort', \"12: undefined field 'typ', in Service\"",
                "namespaces.v1, object.metadata.label.size() > 0, \"16: undefined field 'label', in Namespace\"",
                "widgets.v1.example.com, object.rnak > 1, \"7: undefined field 'rnak', in Widget\""
            })
    void expressionsAreHeldAgainstTheSchemasOfOtherResources(String resource, String expression, String problem) {
        String whole = "check `rule`: expression: line 1, column " + problem;
        String wrong = "expression: \"%s\"".formatted(expression);
        // A new definition is published a moment later, and looked for again after a minute.
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(admin.apply(stated("typed", resource, wrong), "--dry-run=server")
                                .ok()
                                .err())
                        .contains("Warning: [typed] " + whole));
        policy("typed", resource, wrong);
        admin.run("wait", "--for=condition=ExpressionsTyped=False", "pp/typed", "--timeout=60s")
                .ok();
        assertThat(said("pp/typed", ".status.conditions[?(@.type=='ExpressionsTyped')].message"))
                .isEqualTo("type problems (1), which change no decision: " + whole);
        assertThat(admin.apply(stated("typed", resource, "expression: object.metadata.name != 'nobody'"))
                        .ok()
                        .err())
                .doesNotContain("Warning");
        admin.run("wait", "--for=condition=ExpressionsTyped=True", "pp/typed", "--timeout=60s")
                .ok();
    }

    @Test
    void aResourceThatTheApiServerDoesNotHaveIsSaidInTheStatus() {
        policy("typo", "servises.v1", "expression: 'true'");
        assertThat(said("pp/typo", ".status.conditions[?(@.type=='ResourcesAsked')].message"))
                .isEqualTo("the API server has no servises.v1; see kubectl api-resources for names and versions");
    }
}
