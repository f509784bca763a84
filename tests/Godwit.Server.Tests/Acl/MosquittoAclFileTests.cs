namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>Mosquitto's ACL file: its grammar, and what it means.</summary>
public sealed class MosquittoAclFileTests
{
    [Fact]
    public void Topic_lines_in_front_of_the_first_user_hold_for_clients_without_a_user_name_only()
    {
        var policy = Mosquitto("topic read news/#\nuser ada\ntopic write cmd");

        Assert.True(policy.Receives(Who(null), "news/today"));
        Assert.False(policy.Receives(Who("ada"), "news/today"));
        Assert.True(policy.Publishes(Who("ada"), "cmd"));
        Assert.False(policy.Publishes(Who(null), "cmd"));
    }

    [Theory]
    [InlineData("topic read a", true, false)]
    [InlineData("topic write a", false, true)]
    [InlineData("topic readwrite a", true, true)]
    [InlineData("topic a", true, true)]
    [InlineData("topic deny a", false, false)]
    public void Each_access_word_grants_what_it_says(string line, bool receives, bool publishes)
    {
        var policy = Mosquitto(line);

        Assert.Equal(receives, policy.Receives(Who(null), "a"));
        Assert.Equal(publishes, policy.Publishes(Who(null), "a"));
    }

    [Fact]
    public void Names_and_filters_may_have_spaces_and_lines_may_end_as_on_Windows()
    {
        var policy = Mosquitto("# a comment\r\n\r\nuser  Ada  Lovelace \r\ntopic read  engine room/+ \r\n");

        Assert.True(policy.Receives(Who("Ada  Lovelace"), "engine room/heat"));
        Assert.False(policy.Receives(Who("Ada"), "engine room/heat"));
    }

    [Fact]
    public void Deny_is_asked_before_what_grants_wherever_it_stands_and_lines_of_one_user_belong_together()
    {
        var policy = Mosquitto("user ada\ntopic a/#\nuser bob\ntopic a/#\nuser ada\ntopic deny a/secret");

        Assert.False(policy.Receives(Who("ada"), "a/secret"));
        Assert.True(policy.Receives(Who("ada"), "a/b"));
        Assert.True(policy.Receives(Who("bob"), "a/secret"));
    }

    [Fact]
    public void A_users_own_lines_are_asked_before_patterns_so_they_win_over_a_pattern_that_denies()
    {
        var policy = Mosquitto("pattern deny home/%u/x\npattern home/%u/#\nuser ada\ntopic home/ada/x");

        Assert.True(policy.Receives(Who("ada"), "home/ada/x"));
        Assert.False(policy.Receives(Who("bob"), "home/bob/x"));
        Assert.True(policy.Receives(Who("bob"), "home/bob/y"));
    }

    [Fact]
    public void A_pattern_puts_names_into_levels_and_into_parts_of_levels()
    {
        var policy = Mosquitto("pattern dev/%c/of-%u-%c/#");

        Assert.True(policy.Publishes(Who("ada", "c1"), "dev/c1/of-ada-c1/x"));
        Assert.False(policy.Publishes(Who("ada", "c1"), "dev/c1/of-ada-c2/x"));
        Assert.False(policy.Publishes(Who("ada", "c1"), "dev/c1/of-ada-c1x"));
        Assert.True(policy.Publishes(Who("Zoë🐦", "c1"), "dev/c1/of-Zoë🐦-c1"));
        Assert.False(policy.Publishes(Who("Zoë🐦", "c1"), "dev/c1/of-Zoë🐤-c1"));
    }

    [Fact]
    public void Only_patterns_insert_names()
    {
        var policy = Mosquitto("user ada\ntopic home/%u");

        Assert.True(policy.Receives(Who("ada"), "home/%u"));
        Assert.False(policy.Receives(Who("ada"), "home/ada"));
    }

    [Fact, Spec("Hostile-45")]
    public void A_pattern_with_a_user_name_is_passed_by_for_a_client_without_one()
    {
        var policy = Mosquitto("pattern deny x/%u/#\npattern x/#\npattern home/%u/#");

        Assert.False(policy.Receives(Who(null), "home//a"));
        Assert.False(policy.Receives(Who(null), "home/%u/a"));
        Assert.True(policy.Receives(Who(null), "x/y"));
    }

    [Theory, Spec("Hostile-34")]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("a/#")]
    [InlineData("+/+")]
    public void A_name_with_a_wildcard_gets_nothing_from_patterns(string name)
    {
        var policy = Mosquitto("pattern home/%u/%c\npattern all/#\nuser #\ntopic own");

        Assert.False(policy.Receives(Who(name, "c"), "all/a"));
        Assert.False(policy.Receives(Who("ada", name), "all/a"));
        Assert.False(policy.Receives(Who(name, "c"), "home/ada/c"));
        Assert.True(policy.Receives(Who("ada", "c"), "all/a"));
        Assert.Equal(name is "#", policy.Receives(Who(name, "c"), "own"));
    }

    [Theory, Spec("Hostile-34")]
    [InlineData("/")]
    [InlineData("ada/secret")]
    [InlineData("ada/")]
    public void A_name_with_a_separator_does_not_reach_into_the_levels_of_another(string name)
    {
        var policy = Mosquitto("pattern home/%u/#");

        Assert.False(policy.Receives(Who(name), $"home/{name}/x"));
        Assert.False(policy.Receives(Who(name), $"home/{name}"));
        Assert.True(policy.Receives(Who("ada"), "home/ada/secret/x"));
    }

    [Fact, Spec("Hostile-34")]
    public void A_name_with_a_separator_does_not_escape_what_is_denied_to_it()
    {
        var policy = Mosquitto("pattern deny open/%u/x\npattern deny open/%c\npattern open/#");

        Assert.False(policy.Receives(Who("ada/b"), "open/ada/b/x"));
        Assert.False(policy.Receives(Who(null, "c/d"), "open/c/d"));
        Assert.True(policy.Receives(Who("ada/b"), "open/ada/b"));
        Assert.True(policy.Receives(Who("ada/b"), "open/ada/x"));
    }

    [Theory, Spec("Hostile-35")]
    [InlineData(".*")]
    [InlineData("[a-z]+x")]
    [InlineData("%u")]
    [InlineData("%c")]
    [InlineData("a|b")]
    [InlineData("^")]
    public void A_name_stands_for_its_own_characters_only(string id)
    {
        var policy = Mosquitto("pattern dev/%c/%u");

        Assert.False(policy.Receives(Who("ada", id), "dev/c1/ada"));
        Assert.False(policy.Receives(Who("ada", id), "dev/ada/ada"));
        Assert.Equal(!id.Contains('+', StringComparison.Ordinal), policy.Receives(Who("ada", id), $"dev/{id}/ada"));
    }

    [Fact]
    public void A_filter_that_does_not_begin_with_a_dollar_sign_has_no_topic_that_does()
    {
        var policy = Mosquitto("topic #\ntopic +/x\npattern %c/#");

        Assert.False(policy.Receives(Who(null), "$SYS/broker/uptime"));
        Assert.False(policy.Receives(Who(null, "$SYS"), "$SYS/x"));
        Assert.True(Mosquitto("topic read $SYS/#").Receives(Who(null), "$SYS/broker/uptime"));
    }

    [Fact]
    public void Who_is_named_nowhere_may_nothing_and_so_may_everybody_with_an_empty_file()
    {
        Assert.False(Mosquitto("user ada\ntopic #").Receives(Who("bob"), "a"));
        Assert.False(Mosquitto("user ada\ntopic #").Receives(Who(null), "a"));
        Assert.False(Mosquitto("").Publishes(Who("ada"), "a"));
        Assert.False(Mosquitto("# nothing\n\n").Receives(Who(null), "a"));
        Assert.True(Mosquitto("").ChecksDelivery);
    }

    [Fact]
    public void Every_SUBSCRIBE_is_granted_unless_it_is_to_be_checked()
    {
        const string Rules = "user ada\ntopic read a/b\ntopic write c";

        Assert.True(Mosquitto(Rules).Subscribes(Who("ada"), "c"));
        Assert.False(Mosquitto(Rules, checkSubscribe: true).Subscribes(Who("ada"), "c"));
        Assert.True(Mosquitto(Rules, checkSubscribe: true).Subscribes(Who("ada"), "a/+"));
    }

    [Theory, Spec("Hostile-46")]
    [InlineData("topics read a", "acl:1: 'topics' is not a keyword. Did you mean topic?")]
    [InlineData("topic reed a b", "acl:1: 'reed' is no access. Did you mean read?")]
    [InlineData("\n\ntopic a/#/b", "acl:3: 'a/#/b' is not a Topic Filter")]
    [InlineData("topic", "acl:1: 'topic' needs a Topic Filter.")]
    [InlineData("user ", "acl:1: 'user' needs a name.")]
    [InlineData("topic\tread a", "not by tabs")]
    [InlineData(" # late", "acl:1: A comment begins in the first column.")]
    [InlineData("user ada\nTopic a", "acl:2: 'Topic' is not a keyword. Did you mean topic?")]
    [InlineData("pattern read $share/g/%u", "acl:1: '$share/g/%u' names a shared subscription")]
    [InlineData("topic a\0b", "acl:1: This is not UTF-8")]
    public void A_line_that_cannot_be_understood_is_an_error_with_its_number(string text, string expected)
    {
        var message = Assert.Single(MosquittoMessages(text));
        Assert.Contains(expected, message);
        Assert.DoesNotContain("warning", message);
    }

    [Fact]
    public void All_errors_of_a_file_are_named_at_once_and_a_pattern_without_names_is_a_warning()
    {
        Assert.Equal(2, MosquittoMessages("tropic a\ntopic b\nuser\n").Length);
        Assert.Equal("acl:1: warning: This pattern has neither %u nor %c: it holds for everybody.", Assert.Single(MosquittoMessages("pattern read a")));
    }
}
