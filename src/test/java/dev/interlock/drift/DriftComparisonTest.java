package dev.interlock.drift;

import static dev.interlock.drift.DriftFixture.APP;
import static dev.interlock.drift.DriftFixture.DEPLOYMENT;
import static dev.interlock.drift.DriftFixture.MANAGERS;
import static dev.interlock.drift.DriftFixture.and;
import static dev.interlock.drift.DriftFixture.both;
import static dev.interlock.drift.DriftFixture.content;
import static dev.interlock.drift.DriftFixture.observation;
import static dev.interlock.drift.DriftFixture.remove;
import static dev.interlock.drift.DriftFixture.reverse;
import static dev.interlock.drift.DriftFixture.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.interlock.drift.DriftFixture.Ledger;
import dev.interlock.workload.Node;
import dev.interlock.workload.NonEmpty;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is drift, what is none, and what an object is said to be (DESIGN.md section 6).
class DriftComparisonTest {
    private static final UnaryOperator<Node.Obj> NEW_IMAGE = set(APP + "/image", "\"registry.example.com/other:1\"");
    private static final UnaryOperator<Node.Obj> PAUSED = set("/spec/paused", "true");
    private static final String OWNS_PAUSED = "{\"f:spec\": {\"f:paused\": {}}}";

    private static Verdict verdict(Node.Obj live, Managers managers, Ledger ledger) {
        return Comparison.verdict(observation(live, managers), ledger, List.of(), Optional.empty());
    }

    private static Verdict verdict(Node.Obj live, Ledger ledger) {
        return verdict(live, MANAGERS, ledger);
    }

    private static List<Difference> differences(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Drifted.class);
        return ((Verdict.Drifted) verdict).differences().items();
    }

    static Stream<Arguments> notDrift() {
        String pod = "/spec/template/spec";
        return Stream.of(
                arguments("nothing", UnaryOperator.<Node.Obj>identity()),
                arguments("scaling", set("/spec/replicas", "9")),
                arguments("no replicas at all", remove("/spec/replicas")),
                arguments("status", set("/status/replicas", "0")),
                arguments("status gone", remove("/status")),
                arguments("resource version", set("/metadata/resourceVersion", "\"8\"")),
                arguments("generation", set("/metadata/generation", "4")),
                arguments("managed fields", set("/metadata/managedFields", "[{\"manager\": \"x\"}]")),
                arguments("finalizer", set("/metadata/finalizers", "[\"x\"]")),
                arguments("owner reference", set("/metadata/ownerReferences", "[{\"uid\": \"x\"}]")),
                arguments("deletion", set("/metadata/deletionTimestamp", "\"2026-02-01T00:00:00Z\"")),
                arguments(
                        "the controller's revision",
                        set("/metadata/annotations/deployment.kubernetes.io~1revision", "\"4\"")),
                arguments("annotation of the object", set("/metadata/annotations/note", "\"x\"")),
                arguments("annotations gone", remove("/metadata/annotations")),
                arguments(
                        "rollout restart",
                        set("/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt", "\"now\"")),
                arguments("null timestamp gone", remove("/spec/template/metadata/creationTimestamp")),
                arguments("null member", set(APP + "/livenessProbe", "null")),
                arguments("null list", set(pod + "/readinessGates", "null")),
                arguments("order of volumes", reverse(pod + "/volumes")),
                arguments("order of tolerations", reverse(pod + "/tolerations")),
                arguments("order of pull secrets", reverse(pod + "/imagePullSecrets")),
                arguments("order of host aliases", reverse(pod + "/hostAliases")),
                arguments("order of spread constraints", reverse(pod + "/topologySpreadConstraints")),
                arguments("order of sysctls", reverse(pod + "/securityContext/sysctls")),
                arguments("order of ports", reverse(APP + "/ports")),
                arguments("order of mounts", reverse(APP + "/volumeMounts")),
                arguments("order of added capabilities", reverse(APP + "/securityContext/capabilities/add")),
                arguments("order of dropped capabilities", reverse(APP + "/securityContext/capabilities/drop")),
                arguments("order of variables that refer to none", reverse(APP + "/env")),
                arguments("order of expressions", reverse("/spec/selector/matchExpressions")),
                arguments("order of values", reverse("/spec/selector/matchExpressions/0/values")),
                arguments("default of a new field", set("/spec/minReadySeconds", "0")),
                arguments("default in the pod", set(pod + "/schedulerName", "\"default-scheduler\"")),
                arguments("default in a container", set(APP + "/terminationMessagePath", "\"/dev/log\"")),
                arguments("default below a key", set(APP + "/ports/0/hostIP", "\"0.0.0.0\"")),
                arguments("default that is an object", set("/spec/podReplacement", "{\"policy\": \"x\"}")),
                arguments("default in a volume", set(pod + "/volumes/1/configMap/optional", "false")),
                arguments("default in a second container", set(pod + "/containers/1/imagePullPolicy", "\"Always\"")),
                arguments(
                        "several defaults and another order",
                        both(set("/spec/minReadySeconds", "0"), reverse(pod + "/volumes"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notDrift")
    void law_whatMeansTheSameIsInSync(String name, UnaryOperator<Node.Obj> edit) {
        assertThat(verdict(edit.apply(DEPLOYMENT), new Ledger().approves(DEPLOYMENT)))
                .as(name)
                .isEqualTo(new Verdict.InSync(content(DEPLOYMENT).digest()));
    }

    static Stream<Arguments> drift() {
        String pod = "/spec/template/spec";
        String text = "spec.template.spec";
        String app = text + ".containers[name=app]";
        return Stream.of(
                arguments(NEW_IMAGE, app + ".image"),
                arguments(remove(APP + "/image"), app + ".image"),
                arguments(set(APP + "/args/1", "\"--port=1\""), app + ".args[1]"),
                arguments(set(APP + "/args/-", "\"--debug\""), app + ".args[2]"),
                arguments(remove(APP + "/args/1"), app + ".args[1]"),
                arguments(reverse(APP + "/args"), app + ".args[0]," + app + ".args[1]"),
                arguments(set(APP + "/command", "[\"/bin/sh\"]"), app + ".command[0]"),
                arguments(set(APP + "/env/0/value", "\"us\""), app + ".env[name=REGION].value"),
                arguments(remove(APP + "/env/1"), app + ".env[name=COLOUR]"),
                arguments(
                        set(APP + "/env/2/valueFrom/secretKeyRef/key", "\"other\""),
                        app + ".env[name=TOKEN].valueFrom.secretKeyRef.key"),
                arguments(
                        reverse(APP + "/envFrom"),
                        app + ".envFrom[0].configMapRef.name," + app + ".envFrom[1].configMapRef.name"),
                arguments(reverse(pod + "/containers/1/env"), text + ".containers[name=log].env"),
                arguments(reverse(pod + "/containers"), text + ".containers"),
                arguments(reverse(pod + "/initContainers"), text + ".initContainers"),
                arguments(remove(pod + "/containers/1"), text + ".containers[name=log]"),
                arguments(remove(pod + "/initContainers/0"), text + ".initContainers[name=migrate]"),
                arguments(remove(pod + "/initContainers"), text + ".initContainers"),
                arguments(set(APP + "/ports/0/name", "\"web\""), app + ".ports[containerPort=8080,protocol=TCP].name"),
                arguments(remove(APP + "/ports/1"), app + ".ports[containerPort=9090,protocol=TCP]"),
                arguments(set(APP + "/ports/1/protocol", "\"UDP\""), app + ".ports[containerPort=9090,protocol=TCP]"),
                arguments(
                        set(APP + "/volumeMounts/1/readOnly", "false"),
                        app + ".volumeMounts[mountPath=/etc/app].readOnly"),
                arguments(set(APP + "/resources/limits/memory", "\"2Gi\""), app + ".resources.limits.memory"),
                arguments(remove(APP + "/resources/limits"), app + ".resources.limits"),
                arguments(
                        set(APP + "/securityContext/allowPrivilegeEscalation", "true"),
                        app + ".securityContext.allowPrivilegeEscalation"),
                arguments(
                        set(APP + "/securityContext/capabilities/add/-", "\"SYS_ADMIN\""),
                        app + ".securityContext.capabilities.add"),
                arguments(remove(APP + "/securityContext"), app + ".securityContext"),
                arguments(set(pod + "/tolerations/-", "{\"operator\": \"Exists\"}"), text + ".tolerations"),
                arguments(set(pod + "/serviceAccountName", "\"admin\""), text + ".serviceAccountName"),
                arguments(
                        set(pod + "/volumes/1/configMap/name", "\"x\""), text + ".volumes[name=config].configMap.name"),
                arguments(remove(pod + "/volumes/0"), text + ".volumes[name=tmp]"),
                arguments(remove(pod + "/imagePullSecrets/1"), text + ".imagePullSecrets[name=mirror]"),
                arguments(
                        set(pod + "/topologySpreadConstraints/0/maxSkew", "5"),
                        text + ".topologySpreadConstraints[topologyKey=zone,whenUnsatisfiable=DoNotSchedule].maxSkew"),
                arguments(
                        set(pod + "/securityContext/sysctls/1/value", "\"2\""),
                        text + ".securityContext.sysctls[name=a].value"),
                arguments(set("/metadata/labels/app", "\"x\""), "metadata.labels.app"),
                arguments(
                        remove("/metadata/labels/app.kubernetes.io~1part-of"),
                        "metadata.labels[app.kubernetes.io/part-of]"),
                arguments(set("/spec/strategy/type", "\"Recreate\""), "spec.strategy.type"),
                arguments(
                        set("/spec/strategy/rollingUpdate/maxUnavailable", "\"50%\""),
                        "spec.strategy.rollingUpdate.maxUnavailable"),
                arguments(set("/spec/selector/matchExpressions/0/values/-", "\"x\""), "spec.selector.matchExpressions"),
                arguments(set("/spec/template/metadata/labels/tier", "\"x\""), "spec.template.metadata.labels.tier"),
                arguments(
                        both(NEW_IMAGE, set("/spec/strategy/type", "\"Recreate\"")),
                        "spec.strategy.type," + app + ".image"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("drift")
    void law_anyApprovedPathThatIsNotAsItWasIsDrift(UnaryOperator<Node.Obj> edit, String paths) {
        Verdict verdict = verdict(edit.apply(DEPLOYMENT), new Ledger().approves(DEPLOYMENT));
        assertThat(differences(verdict)).extracting(Difference::path).containsExactly(paths.split(",(?=spec)"));
    }

    static Stream<Arguments> additions() {
        String pod = "/spec/template/spec";
        String podFields = "{\"f:spec\": {\"f:template\": {\"f:spec\": {%s}}}}";
        return Stream.of(
                arguments("a member", PAUSED, OWNS_PAUSED),
                arguments(
                        "a label",
                        set("/metadata/labels/x", "\"y\""),
                        "{\"f:metadata\": {\"f:labels\": {\"f:x\": {}}}}"),
                arguments(
                        "an annotation of the template",
                        set("/spec/template/metadata/annotations/x", "\"y\""),
                        "{\"f:spec\": {\"f:template\": {\"f:metadata\": {\"f:annotations\": {\".\": {}, \"f:x\": {}}}}}}"),
                arguments(
                        "a container",
                        set(pod + "/containers/-", "{\"name\": \"miner\", \"image\": \"miner\"}"),
                        podFields.formatted(
                                "\"f:containers\": {\"k:{\\\"name\\\":\\\"miner\\\"}\": {\".\": {}, \"f:image\": {}}}")),
                arguments(
                        "a container before the others",
                        set(pod + "/containers/+0", "{\"name\": \"miner\", \"image\": \"miner\"}"),
                        podFields.formatted(
                                "\"f:containers\": {\"k:{\\\"name\\\":\\\"miner\\\"}\": {\".\": {}, \"f:image\": {}}}")),
                arguments(
                        "host network",
                        set(pod + "/hostNetwork", "true"),
                        podFields.formatted("\"f:hostNetwork\": {}")),
                arguments(
                        "a field below what is owned as a whole",
                        set(pod + "/nodeSelector", "{\"a\": \"b\"}"),
                        podFields.formatted("\"f:nodeSelector\": {}")),
                arguments(
                        "a port",
                        set(APP + "/ports/-", "{\"containerPort\": 22, \"protocol\": \"TCP\"}"),
                        podFields.formatted("\"f:containers\": {\"k:{\\\"name\\\":\\\"app\\\"}\": {\"f:ports\": {"
                                + "\"k:{\\\"containerPort\\\":22,\\\"protocol\\\":\\\"TCP\\\"}\": {\".\": {}}}}}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("additions")
    void law_whatIsAddedIsADefaultExactlyWhereNoManagerOwnsIt(
            String name, UnaryOperator<Node.Obj> edit, String fieldsV1) {
        Ledger ledger = new Ledger().approves(DEPLOYMENT);
        Node.Obj live = edit.apply(DEPLOYMENT);
        assertThat(verdict(live, MANAGERS, ledger)).as(name).isInstanceOf(Verdict.InSync.class);
        assertThat(differences(verdict(live, and(MANAGERS, "kubectl-edit", fieldsV1), ledger)))
                .as(name)
                .singleElement()
                .satisfies(difference -> {
                    assertThat(difference.approved()).isEmpty();
                    assertThat(difference.observed()).isPresent();
                    assertThat(difference.manager()).isEqualTo("kubectl-edit");
                });
    }

    @Test
    void law_withoutManagersNothingIsADefault() {
        assertThat(verdict(PAUSED.apply(DEPLOYMENT), Managers.NONE, new Ledger().approves(DEPLOYMENT)))
                .isInstanceOf(Verdict.Drifted.class);
    }

    @Test
    void law_whatALaterDecisionIntroducedIsNoDefault() {
        Node.Obj paused = PAUSED.apply(DEPLOYMENT);
        assertThat(verdict(paused, new Ledger().covers(paused, "tom").approves(DEPLOYMENT)))
                .isInstanceOf(Verdict.InSync.class);
        assertThat(verdict(paused, new Ledger().approves(DEPLOYMENT).covers(paused, "tom")))
                .isInstanceOf(Verdict.Drifted.class);
        Node.Obj unpaused = set("/spec/paused", "false").apply(DEPLOYMENT);
        assertThat(verdict(paused, new Ledger().approves(DEPLOYMENT).covers(unpaused, "tom")))
                .isInstanceOf(Verdict.Drifted.class);
    }

    /// Approved or not, covered or not, the live content or another one: all worlds of one decision, and none.
    @ParameterizedTest
    @CsvSource({
        "none,     false, Bypassed",
        "covers,   false, Bypassed",
        "covers,   true,  Unapproved",
        "approves, false, Drifted",
        "approves, true,  InSync"
    })
    void law_verdictFollowsFromWhatIsApprovedAndWhatIsCovered(String decision, boolean equal, String verdict) {
        Node.Obj decided = equal ? DEPLOYMENT : NEW_IMAGE.apply(DEPLOYMENT);
        Ledger ledger = switch (decision) {
            case "approves" -> new Ledger().approves(decided);
            case "covers" -> new Ledger().covers(decided, "tom");
            default -> new Ledger();
        };
        assertThat(verdict(DEPLOYMENT, ledger).getClass().getSimpleName()).isEqualTo(verdict);
    }

    /// Law 7: an approval that is still on its way, or that another webhook refused, makes no drift of what was there.
    @Test
    void law7_whatWasKnownBeforeTheFirstApprovalIsNoDriftUntilSomethingApprovedWasLive() {
        Node.Obj approved = NEW_IMAGE.apply(DEPLOYMENT);
        Ledger ledger = new Ledger().covers(DEPLOYMENT, "tom").approves(approved);
        Observation live = observation(DEPLOYMENT, MANAGERS);
        assertThat(Comparison.verdict(live, ledger, List.of(), Optional.empty()))
                .isInstanceOf(Verdict.Unapproved.class);
        assertThat(Comparison.verdict(
                        live, ledger, List.of(), Optional.of(content(approved).digest())))
                .isInstanceOf(Verdict.Drifted.class);
        assertThat(verdict(DEPLOYMENT, new Ledger().approves(approved).covers(DEPLOYMENT, "tom")))
                .isInstanceOf(Verdict.Drifted.class);
    }

    @Test
    void law_intentIsASet() {
        Node.Obj second = NEW_IMAGE.apply(DEPLOYMENT);
        Ledger ledger = new Ledger().approves(DEPLOYMENT).approves(second);
        assertThat(verdict(DEPLOYMENT, ledger))
                .isEqualTo(new Verdict.InSync(content(DEPLOYMENT).digest()));
        assertThat(verdict(second, ledger))
                .isEqualTo(new Verdict.InSync(content(second).digest()));
    }

    @Test
    void law_hotfixByHandIsDriftAndItsRequesterIsKnown() {
        Node.Obj hotfix = NEW_IMAGE.apply(DEPLOYMENT);
        Verdict verdict = verdict(hotfix, new Ledger().approves(DEPLOYMENT).covers(hotfix, "tom"));
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Drifted.class, drifted -> {
            assertThat(drifted.admitted().flatMap(Intent::requester)).contains("tom");
            assertThat(drifted.gap()).isFalse();
            assertThat(drifted.differences())
                    .isEqualTo(new NonEmpty<>(List.of(new Difference(
                            "spec.template.spec.containers[name=app].image",
                            Optional.of("registry.example.com/checkout@sha256:cc"),
                            Optional.of("registry.example.com/other:1"),
                            "kubectl"))));
        });
    }

    @Test
    void law_whatNoDecisionCoversCameInThroughAGap() {
        Verdict verdict = verdict(NEW_IMAGE.apply(DEPLOYMENT), new Ledger().approves(DEPLOYMENT));
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Drifted.class, drifted -> {
            assertThat(drifted.gap()).isTrue();
            assertThat(drifted.admitted()).isEmpty();
        });
    }

    @Test
    void law_defaultOnTopOfAHotfixMakesNoGap() {
        Node.Obj hotfix = NEW_IMAGE.apply(DEPLOYMENT);
        Verdict verdict = verdict(
                set("/spec/minReadySeconds", "0").apply(hotfix),
                new Ledger().approves(DEPLOYMENT).covers(hotfix, "tom"));
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Drifted.class,
                        drifted -> assertThat(drifted.gap()).isFalse());
        assertThat(differences(verdict)).hasSize(1);
    }

    @Test
    void differenceIsShownAgainstWhatWasLiveLastElseAgainstTheLatestApproved() {
        Node.Obj second = set("/spec/strategy/type", "\"Recreate\"").apply(DEPLOYMENT);
        Ledger ledger = new Ledger().approves(DEPLOYMENT).approves(second);
        Observation live = observation(NEW_IMAGE.apply(DEPLOYMENT), MANAGERS);
        assertThat(differences(Comparison.verdict(live, ledger, List.of(), Optional.empty())))
                .hasSize(2);
        assertThat(differences(Comparison.verdict(
                        live, ledger, List.of(), Optional.of(content(DEPLOYMENT).digest()))))
                .hasSize(1);
        assertThat(differences(Comparison.verdict(live, ledger, List.of(), Optional.of("unknown"))))
                .hasSize(2);
    }

    @Test
    void law_whatTheLedgerLacksMakesTheVerdictUnknownNeverInSync() {
        Ledger ledger = new Ledger().approves(DEPLOYMENT).loses(DEPLOYMENT);
        assertThat(verdict(NEW_IMAGE.apply(DEPLOYMENT), ledger))
                .isInstanceOfSatisfying(
                        Verdict.Unknown.class,
                        unknown ->
                                assertThat(unknown.cause()).contains("of decision `decision-1` is not in the ledger"));
        assertThat(verdict(DEPLOYMENT, ledger)).isInstanceOf(Verdict.InSync.class);
    }

    @Test
    void law_ignoredPathsCountOnNeitherSide() {
        String annotations = "/spec/template/metadata/annotations";
        List<Pointer> ignored = List.of(Pointer.of(annotations + "/example.com~1injected"));
        Managers managers = and(
                MANAGERS,
                "injector",
                "{\"f:spec\": {\"f:template\": {\"f:metadata\": {\"f:annotations\": {\".\": {}, \"f:example.com/injected\": {}}}}}}");
        Node.Obj injected = set(annotations + "/example.com~1injected", "\"x\"").apply(DEPLOYMENT);
        assertThat(Comparison.verdict(
                        observation(injected, managers), new Ledger().approves(DEPLOYMENT), ignored, Optional.empty()))
                .isInstanceOf(Verdict.InSync.class);
        assertThat(Comparison.verdict(
                        observation(DEPLOYMENT, MANAGERS), new Ledger().approves(injected), ignored, Optional.empty()))
                .isInstanceOf(Verdict.InSync.class);
        assertThat(verdict(injected, managers, new Ledger().approves(DEPLOYMENT)))
                .isInstanceOf(Verdict.Drifted.class);
    }

    @Test
    void law18_differencesShowNoValueOfAVariable() {
        Verdict verdict =
                verdict(set(APP + "/env/0/value", "\"canary\"").apply(DEPLOYMENT), new Ledger().approves(DEPLOYMENT));
        assertThat(differences(verdict)).singleElement().satisfies(difference -> {
            assertThat(difference.approved().orElseThrow()).startsWith("salted-sha256:");
            assertThat(difference.observed().orElseThrow()).startsWith("salted-sha256:");
        });
    }

    @Test
    void longValuesAreCutAndStillToldApart() {
        UnaryOperator<Node.Obj> one = set(APP + "/args/1", "\"" + "ü".repeat(300) + "1\"");
        UnaryOperator<Node.Obj> other = set(APP + "/args/1", "\"" + "ü".repeat(300) + "2\"");
        Ledger ledger = new Ledger().approves(DEPLOYMENT);
        Difference first = differences(verdict(one.apply(DEPLOYMENT), ledger)).getFirst();
        Difference second =
                differences(verdict(other.apply(DEPLOYMENT), ledger)).getFirst();
        assertThat(first.observed().orElseThrow()).hasSize(Difference.MAX_VALUE).startsWith("üü");
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void otherVariableOfTheSameNameComesIntoPlayWithItsOrder() {
        String twice = "[{\"name\": \"A\", \"value\": \"1\"}, {\"name\": \"A\", \"value\": \"2\"}]";
        Node.Obj approved = set(APP + "/env", twice).apply(DEPLOYMENT);
        assertThat(verdict(reverse(APP + "/env").apply(approved), new Ledger().approves(approved)))
                .isInstanceOf(Verdict.Drifted.class);
    }

    @Test
    void newestManagerIsNamed() {
        Managers managers =
                and(MANAGERS, "kubectl-edit", "{\"f:spec\": {\"f:template\": {\"f:spec\": {\"f:tolerations\": {}}}}}");
        Node.Obj live = set("/spec/template/spec/tolerations/0/key", "\"x\"").apply(DEPLOYMENT);
        assertThat(differences(verdict(live, managers, new Ledger().approves(DEPLOYMENT))))
                .singleElement()
                .extracting(Difference::manager)
                .isEqualTo("kubectl-edit");
    }
}
