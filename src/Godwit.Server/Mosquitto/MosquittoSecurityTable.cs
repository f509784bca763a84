using static Godwit.Server.Mosquitto.MosquittoFate;
using static Godwit.Server.Mosquitto.MosquittoScope;
using static Godwit.Server.Mosquitto.MosquittoValue;

namespace Godwit.Server.Mosquitto;

/// <summary>The options about who may connect and who may do what.</summary>
internal static class MosquittoSecurityTable
{
    internal static MosquittoOption[] Rows { get; } =
    [
        new("per_listener_settings", General, Mapped, Switch, "false", "Listeners:*:Authentication Authentication:Sources:*:Name Authentication:Chains:*:Name Authentication:Chains:*:Sources Listeners:*:Acl Acl:Sets:*:Name",
            "true: the options of this table that follow a listener are for that listener. It must stand before the first of them.") { Example = "true" },
        new("allow_anonymous", Access, Mapped, Switch, "false", "Listeners:*:AllowAnonymous Authentication:Sources:*:Kind",
            "Here the line is the word that allows anonymous clients from everywhere; the start table warns. Without any listener the default is true, and false is obeyed, unlike in Mosquitto 2.0. Where anonymous clients are allowed and there is no password file, every user name counts without proof, as in Mosquitto.") { Example = "true" },
        new("listener_allow_anonymous", Listener, Mapped, Switch, "", "Listeners:*:AllowAnonymous", "For one listener, also without per_listener_settings.") { Example = "true" },
        new("password_file", Access, Mapped, Text, "", MosquittoKeys.PasswordFile + " Authentication:Sources:*:File", "Read as it is; a line that cannot be understood stops the start.") { Example = "/etc/mosquitto/passwd" },
        new("acl_file", Access, Mapped, Text, "", MosquittoKeys.AclFile + " Acl:Sets:*:File", "Read as it is; a line that cannot be understood stops the start. An empty file denies everything.") { Example = "/etc/mosquitto/acl" },
        new("check_retain_source", General, Mapped, Switch, "true", "Acl:CheckRetainSource Acl:Sets:*:CheckRetainSource", "false: a retained message is delivered also when its publisher may no longer publish it.") { Example = "false" },
        new("allow_zero_length_clientid", Access, Mapped, Switch, "true", MosquittoKeys.AllowEmptyClientId + " Listeners:*:AllowEmptyClientId", "false: a client of 5.0 without an identifier is refused with the code for it, 0x85; Mosquitto says 0x80.") { Example = "false" },
        new("auto_id_prefix", Access, Mapped, Text, "auto-", MosquittoKeys.AssignedClientIdPrefix + " Listeners:*:AssignedClientIdPrefix", "At most 64 characters, and no wildcards.") { Example = "home-" },
        new("listener_auto_id_prefix", Listener, Mapped, Text, "", "Listeners:*:AssignedClientIdPrefix", "For one listener, also without per_listener_settings.") { Example = "home-" },
        new("clientid_prefixes", General, Refused, Text, "", "", "Mosquitto has deprecated it. Give clients users of their own.") { Example = "secure-" },
        new("plugin", Access, Mapped, Text, "", MosquittoKeys.PasswordFile + " " + MosquittoKeys.AclFile + " Store:Durability",
            "Of the plugins that come with Mosquitto, those for password files, ACL files and SQLite are understood. Every other is refused by name.") { Repeats = true, Example = "/usr/lib/mosquitto_password_file.so" },
        new("global_plugin", General, Mapped, Text, "", MosquittoKeys.PasswordFile + " " + MosquittoKeys.AclFile + " Store:Durability", "As plugin, for all listeners.") { Repeats = true, Example = "/usr/lib/mosquitto_password_file.so" },
        new("auth_plugin", Access, Mapped, Text, "", MosquittoKeys.PasswordFile + " " + MosquittoKeys.AclFile, "An older name of plugin.") { Repeats = true, Example = "/usr/lib/mosquitto_password_file.so" },
        new("plugin_load", General, Refused, Text, "", "", "Write plugin with the path instead.") { Repeats = true, Example = "name /usr/lib/x.so" },
        new("plugin_use", Access, Refused, Text, "", "", "Write plugin with the path instead.") { Repeats = true, Example = "name" },
        new("plugin_opt_*", Plugin, Mapped, Text, "", MosquittoKeys.PasswordFile + " " + MosquittoKeys.AclFile, "plugin_opt_password_file and plugin_opt_acl_file; of SQLite the others are about a file that there is not.") { Repeats = true, Example = "/etc/mosquitto/passwd" },
        new("auth_opt_*", Plugin, Mapped, Text, "", MosquittoKeys.PasswordFile + " " + MosquittoKeys.AclFile, "An older name of plugin_opt_*.") { Repeats = true, Example = "/etc/mosquitto/passwd" },
        new("auth_plugin_deny_special_chars", Plugin, Refused, Switch, "true", "", "User names and client identifiers with + or # never match a pattern of an ACL.") { Example = "false" },
        new("enable_control_api", General, Refused, Switch, "false", "", "There is no $CONTROL/broker. Leave the line out.") { Example = "true" },
    ];
}
