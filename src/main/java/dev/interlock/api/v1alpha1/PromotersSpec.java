package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who promotes into a stage, as the API server authenticates them.
@ValidationRule(
        value = "has(self.users) || has(self.groups) || has(self.serviceAccounts)",
        message =
                "promoters: nobody could promote into this stage; name at least one of users, groups, serviceAccounts")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromotersSpec(
        @Size(min = 1, max = 64) @JsonPropertyDescription("User names.") @Nullable
        List<@Size(min = 1, max = 253) @Pattern("^[^\\x00-\\x1f\\x7f]+$") String> users,

        @Size(min = 1, max = 64) @JsonPropertyDescription("Groups: each member is a promoter.") @Nullable
        List<@Size(min = 1, max = 253) @Pattern("^[^\\x00-\\x1f\\x7f]+$") String> groups,

        @Size(min = 1, max = 64)
        @JsonPropertyDescription("Service accounts, for example that of the pipeline.")
        @Nullable
        List<AccountSpec> serviceAccounts) {}
