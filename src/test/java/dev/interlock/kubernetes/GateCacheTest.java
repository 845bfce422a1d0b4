package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MatchCondition;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Law 8: a gate that asks about less than it should is seen.
class GateCacheTest {
    /// As the API server has it once the operator set the bundle: with the defaults filled in.
    private static List<ValidatingWebhook> installed() {
        List<ValidatingWebhook> webhooks = new ArrayList<>(GateCache.shipped());
        webhooks.forEach(webhook -> {
            webhook.getClientConfig().setCaBundle("Q0E=");
            webhook.setObjectSelector(new LabelSelector());
        });
        return webhooks;
    }

    private static GateState after(Consumer<List<ValidatingWebhook>> change) {
        List<ValidatingWebhook> found = installed();
        change.accept(found);
        return GateCache.state(GateCache.shipped(), found);
    }

    @Test
    void gateAsItIsShippedIsWhole() {
        assertThat(GateCache.shipped())
                .extracting(ValidatingWebhook::getName)
                .containsExactly("required.gate.interlock.dev", "optional.gate.interlock.dev");
        assertThat(after(_ -> {})).isEqualTo(new GateState.Whole());
        assertThat(after(found -> found.add(new ValidatingWebhook())))
                .as("beside another entry")
                .isEqualTo(new GateState.Whole());
    }

    private static ValidatingWebhookConfiguration version(String uid, long generation) {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("interlock")
                .withUid(uid)
                .withGeneration(generation)
                .endMetadata()
                .withWebhooks(installed())
                .build();
    }

    private static GateState changed(ValidatingWebhookConfiguration before, ValidatingWebhookConfiguration after) {
        return GateCache.changed(GateCache.shipped(), GateCache.version(before), after);
    }

    @Test
    void case19_whatWasTakenAwayAndPutBackBetweenTwoLooksIsSeen() {
        ValidatingWebhookConfiguration before = version("uid-1", 4);
        assertThat(changed(before, version("uid-1", 4))).as("metadata only").isEqualTo(new GateState.Whole());
        assertThat(changed(before, version("uid-1", 5))).as("another CA").isEqualTo(new GateState.Whole());
        assertThat(changed(before, version("uid-2", 1)))
                .as("deleted and made anew")
                .isEqualTo(new GateState.Missing());
        assertThat(changed(before, version("uid-1", 6)))
                .as("a version in between that nobody saw")
                .isInstanceOf(GateState.Narrowed.class);
        ValidatingWebhookConfiguration cleared = version("uid-1", 5);
        cleared.setWebhooks(List.of());
        assertThat(changed(before, cleared)).isEqualTo(new GateState.Missing());
    }

    @Test
    void entryThatIsNotThereIsMissing() {
        assertThat(after(List::clear)).isEqualTo(new GateState.Missing());
        assertThat(after(List::removeFirst)).isEqualTo(new GateState.Missing());
        assertThat(after(List::removeLast)).isEqualTo(new GateState.Missing());
        assertThat(after(found -> found.getFirst().setName("another"))).isEqualTo(new GateState.Missing());
    }

    @Test
    void entryWithoutABundleCannotBeCalled() {
        assertThat(after(found -> found.getFirst().getClientConfig().setCaBundle(null)))
                .isEqualTo(new GateState.WithoutAuthority());
        assertThat(after(found -> found.getLast().getClientConfig().setCaBundle("")))
                .isEqualTo(new GateState.WithoutAuthority());
    }

    private static Arguments way(String what, Consumer<ValidatingWebhook> change) {
        return Arguments.of(what, change);
    }

    private static RuleWithOperations rule(ValidatingWebhook webhook, int place) {
        return webhook.getRules().get(place);
    }

    static Stream<Arguments> narrowings() {
        return Stream.of(
                way("a rule less", webhook -> webhook.getRules().removeLast()),
                way("no rule", webhook -> webhook.setRules(List.of())),
                way("a resource less", webhook -> rule(webhook, 0).setResources(List.of("pods"))),
                way(
                        "another subresource's wildcard",
                        webhook -> rule(webhook, 0)
                                .setResources(List.of("pods", "pods/resize", "replicationcontrollers"))),
                way(
                        "resources without their subresources",
                        webhook -> rule(webhook, 0).setResources(List.of("*"))),
                way("an operation less", webhook -> rule(webhook, 1).setOperations(List.of("CREATE"))),
                way("another group", webhook -> rule(webhook, 1).setApiGroups(List.of("apps.example"))),
                way("another version", webhook -> rule(webhook, 1).setApiVersions(List.of("v1beta1"))),
                way("another scope", webhook -> rule(webhook, 1).setScope("Cluster")),
                way("only requests in this version", webhook -> webhook.setMatchPolicy("Exact")),
                way(
                        "other namespaces",
                        webhook -> webhook.getNamespaceSelector().setMatchLabels(Map.of("gate", "x"))),
                way(
                        "fewer namespaces",
                        webhook -> webhook.getNamespaceSelector()
                                .getMatchExpressions()
                                .add(new LabelSelectorRequirementBuilder()
                                        .withKey("x")
                                        .withOperator("Exists")
                                        .build())),
                way(
                        "fewer objects, by a label",
                        webhook -> webhook.getObjectSelector().setMatchLabels(Map.of("asked", "true"))),
                way(
                        "fewer objects, by a requirement",
                        webhook -> webhook.getObjectSelector()
                                .setMatchExpressions(List.of(new LabelSelectorRequirementBuilder()
                                        .withKey("x")
                                        .withOperator("DoesNotExist")
                                        .build()))),
                way(
                        "one more condition",
                        webhook -> webhook.getMatchConditions()
                                .add(new MatchCondition("request.userInfo.username != 'joe'", "not-joe"))),
                way(
                        "another condition of the same name",
                        webhook -> webhook.getMatchConditions().getFirst().setExpression("false")),
                way(
                        "another service is asked",
                        webhook -> webhook.getClientConfig().getService().setName("yes-man")),
                way(
                        "a service of another namespace is asked",
                        webhook -> webhook.getClientConfig().getService().setNamespace("shop")),
                way(
                        "another path is asked",
                        webhook -> webhook.getClientConfig().getService().setPath("/admit/everything")),
                way("a URL with another path is asked", webhook -> {
                    webhook.getClientConfig().setService(null);
                    webhook.getClientConfig().setUrl("https://127.0.0.1:9443/healthz");
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("narrowings")
    void eachWayOfAskingLessIsSeenInEitherEntryAndNamed(String what, Consumer<ValidatingWebhook> change) {
        for (int place = 0; place < 2; place++) {
            int entry = place;
            String name = installed().get(place).getName();
            assertThat(after(found -> change.accept(found.get(entry))))
                    .as("%s in %s", what, name)
                    .isInstanceOfSatisfying(
                            GateState.Narrowed.class,
                            narrowed -> assertThat(narrowed.detail()).startsWith(name + ": "));
        }
    }

    @Test
    void requiredGateThatLetsRequestsThroughWithoutAnAnswerIsNarrowed() {
        assertThat(after(found -> found.getFirst().setFailurePolicy("Ignore")))
                .isEqualTo(new GateState.Narrowed(
                        "required.gate.interlock.dev: `failurePolicy` lets requests through without an answer"));
    }

    static Stream<Arguments> widenings() {
        return Stream.of(
                way("more operations", webhook -> rule(webhook, 0).setOperations(List.of("*"))),
                way("more resources", webhook -> rule(webhook, 0).setResources(List.of("*/*"))),
                way(
                        "every subresource of Pods",
                        webhook -> rule(webhook, 0).setResources(List.of("pods", "pods/*", "replicationcontrollers"))),
                way("every group", webhook -> webhook.getRules().forEach(rule -> rule.setApiGroups(List.of("*")))),
                way("every version", webhook -> rule(webhook, 1).setApiVersions(List.of("*"))),
                way("every scope", webhook -> rule(webhook, 1).setScope("*")),
                way("a rule more", webhook -> webhook.getRules().add(new RuleWithOperations())),
                way("rules split by operation", webhook -> {
                    RuleWithOperations apps = rule(webhook, 1);
                    webhook.getRules()
                            .add(new RuleWithOperations(
                                    apps.getApiGroups(),
                                    apps.getApiVersions(),
                                    List.of("UPDATE"),
                                    apps.getResources(),
                                    apps.getScope()));
                    apps.setOperations(List.of("CREATE"));
                }),
                way("a condition less", webhook -> webhook.getMatchConditions().removeLast()),
                way("no condition", webhook -> webhook.setMatchConditions(null)),
                way("no selector over objects", webhook -> webhook.setObjectSelector(null)),
                way("no answer refuses", webhook -> webhook.setFailurePolicy("Fail")),
                way("by its URL, as the overlay for a host has it", webhook -> {
                    String path = webhook.getClientConfig().getService().getPath();
                    webhook.getClientConfig().setService(null);
                    webhook.getClientConfig().setUrl("https://127.0.0.1:9443" + path);
                }),
                way("more time", webhook -> webhook.setTimeoutSeconds(10)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("widenings")
    void gateThatAsksAboutMoreIsWhole(String what, Consumer<ValidatingWebhook> change) {
        assertThat(after(found -> found.forEach(change))).as(what).isEqualTo(new GateState.Whole());
    }
}
