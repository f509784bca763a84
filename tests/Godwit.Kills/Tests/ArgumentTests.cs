using Godwit.Kills.Brokers;
using Godwit.Kills.Suite;
using Godwit.Protocol;

namespace Godwit.Kills.Tests;

/// <summary>The command line of ./kills.</summary>
public sealed class ArgumentTests
{
    [Fact]
    public void Without_arguments_godwit_is_killed_twenty_times_in_sync_mode()
    {
        var read = KillArguments.Read([], out _)!;

        Assert.Equal((20, BrokerKind.Godwit, "sync", ProtocolVersion.Mqtt5, false), (read.Kills, read.Broker, read.Durability, read.Version, read.Keep));
    }

    [Fact]
    public void Every_option_is_read()
    {
        string[] arguments =
            ["--keep", "--kills", "500", "--broker", "mosquitto", "--seed", "7", "--durability", "os", "--version", "3.1.1", "--autosave-default"];

        var read = KillArguments.Read(arguments, out _)!;

        Assert.Equal((500, BrokerKind.Mosquitto, "os", ProtocolVersion.Mqtt311, true), (read.Kills, read.Broker, read.Durability, read.Version, read.Keep));
        Assert.Equal((7, false), (read.Seed, read.SavesOnChanges));
    }

    [Fact]
    public void Shards_and_garbage_are_for_godwit()
    {
        var read = KillArguments.Read(["--garbage", "--shards", "3"], out _)!;

        Assert.Equal((true, 3), (read.HasGarbage, read.Shards));
        Assert.Null(KillArguments.Read(["--garbage", "--broker", "mosquitto"], out var error));
        Assert.Contains("godwit only", error, StringComparison.Ordinal);
        Assert.Null(KillArguments.Read(["--broker", "mosquitto", "--shards", "2"], out _));
    }

    [Theory]
    [InlineData("--kills")]
    [InlineData("--kills", "-1")]
    [InlineData("--broker", "other")]
    [InlineData("--durability", "fast")]
    [InlineData("--version", "4")]
    [InlineData("--shards", "0")]
    [InlineData("--shards", "65")]
    [InlineData("--other", "1")]
    public async Task What_is_not_understood_is_refused(params string[] arguments)
    {
        using var output = new StringWriter();

        Assert.Equal(2, await KillCommand.RunAsync(arguments, output));
        Assert.Contains(arguments[0], output.ToString(), StringComparison.Ordinal);
    }
}
