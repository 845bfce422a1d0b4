package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a policy guards.
@ValidationRule(
        value = "has(self.stages) || has(self.namespaceSelector)",
        message = "name at least one stage, or a namespaceSelector ({} selects every namespace)")
@ValidationRule(
        value = "!has(self.resources) || self.resources.all(r, r.matches('^(pods|replicationcontrollers|"
                + "(deployments|replicasets|statefulsets|daemonsets)[.]apps|(jobs|cronjobs)[.]batch|"
                + "[a-z][a-z0-9-]*[.]v[0-9]+((alpha|beta)[0-9]+)?([.][a-z0-9-]+)*)$'))",
        message =
                "name workloads as kubectl does (pods, deployments.apps), any other resource with its version (services.v1, ingresses.v1.networking.k8s.io)")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MatchSpec(
        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
                "Values of the namespace's label interlock.dev/stage. Absent: every namespace, with a stage or without.")
        @Nullable
        List<@Size(min = 1, max = 63) @Pattern("^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$") String> stages,

        @JsonPropertyDescription("A label selector over the namespace's labels. Absent: every namespace.") @Nullable
        SelectorSpec namespaceSelector,

        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
                "The resources: workloads as kubectl names them (pods, deployments.apps), each with its subresources that are decided about; any other with its version, services.v1 or ingresses.v1.networking.k8s.io. Absent: every workload.")
        @Nullable
        List<@Size(min = 1, max = 253) @Pattern("^[a-z][a-z0-9-]*(\\.[a-z0-9-]+)*$") String> resources,

        @Size(min = 1, max = 2) @JsonPropertyDescription("The operations. Absent: CREATE and UPDATE.") @Nullable
        List<OperationName> operations,

        @JsonPropertyDescription(
                "A label selector over the object's labels: the new object's or, in an UPDATE, the stored one's. Labels are the tenant's to write: leave it out where nobody may step aside. Absent: every object.")
        @Nullable
        SelectorSpec objectSelector,

        @Size(min = 1, max = 16)
        @JsonPropertyDescription(
                "Expressions in CEL that must all hold. One that does not hold decides; else one that cannot be evaluated leaves the decision undecided.")
        @Nullable
        List<NamedExpressionSpec> conditions) {}
