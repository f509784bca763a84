using System.Net;
using Godwit.Bench.Plans;
using Godwit.Bench.Sockets;
using Godwit.Protocol;

namespace Godwit.Bench.Tests;

public sealed class PlanCheckTests
{
    private static readonly BenchPlan Good = new() { Shape = BenchShape.PubSub };

    public static TheoryData<BenchPlan, string> Mistakes => new()
    {
        { Good with { PayloadSize = 15 }, "at least 16 bytes" },
        { Good with { Publishers = 0, Subscribers = 0 }, "nobody to connect" },
        { Good with { Topics = 5, Topic = "fixed" }, "needs %i" },
        { Good with { Topic = "a/#" }, "not a valid topic" },
        { Good with { Topic = "" }, "not a valid topic" },
        { Good with { Filter = "a/#/b" }, "not a valid topic filter" },
        { Good with { Share = "a/b" }, "shared group" },
        { Good with { Publishers = 3, Topic = "a/%c" }, "topic for each publisher" },
        { Good with { OpenLoopRate = 10, RatePerPublisher = 5 }, "exclude each other" },
        { Good with { Window = 0 }, "window" },
        { Good with { Threads = 0 }, "threads" },
        { Good with { Shape = BenchShape.Queue }, "QoS 1 and 2" },
        { Good with { Version = ProtocolVersion.Mqtt311, Password = "x" }, "needs a user name" },
        { Good with { Topics = 20_000_000 }, "cannot be told apart" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void A_plan_that_makes_no_sense_is_refused_with_the_reason(BenchPlan plan, string reason)
    {
        Assert.Contains(reason, Assert.Throws<BenchException>(() => PlanCheck.Check(plan)).Message);
    }

    [Fact]
    public void A_good_plan_is_not()
    {
        PlanCheck.Check(Good);
        PlanCheck.Check(Good with { Publishers = 3, Topics = 6, Topic = "a/%c/%i/%s" });
        PlanCheck.Check(Good with { Shape = BenchShape.Conn, Publishers = 0, Topic = null });
        PlanCheck.Check(Good with { Shape = BenchShape.Sub, Publishers = 0, Topic = "a/#" });
    }

    [Fact]
    public void Too_many_connections_for_the_open_files_are_told_with_both_numbers()
    {
        PlanCheck.CheckDescriptors(900, 1_000);

        var message = Assert.Throws<BenchException>(() => PlanCheck.CheckDescriptors(901, 1_000)).Message;

        Assert.Contains("901 connections need 1,001 open files, and this process may have 1,000", message);
    }

    [Fact]
    public void One_address_is_enough_for_28000_connections()
    {
        Assert.False(SourceAddresses.AreTooFew([], 28_000));
        Assert.True(SourceAddresses.AreTooFew([], 28_001));
        Assert.False(SourceAddresses.AreTooFew([IPAddress.Loopback, IPAddress.Any], 56_000));
    }

    [Fact]
    public void On_this_machine_many_connections_come_from_several_addresses()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has the whole of 127.0.0.0/8.");
        var asked = new[] { IPAddress.Parse("10.0.0.1") };

        Assert.Empty(SourceAddresses.For([], IPAddress.Loopback, 4_000));
        Assert.Equal(["127.0.1.1", "127.0.1.2", "127.0.1.3"], SourceAddresses.For([], IPAddress.Loopback, 8_001).Select(address => address.ToString()));
        Assert.Empty(SourceAddresses.For([], IPAddress.Parse("10.0.0.2"), 20_000));
        Assert.Equal(asked, SourceAddresses.For(asked, IPAddress.Loopback, 20_000));
    }
}
