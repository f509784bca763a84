using System.Text.Json;
using Godwit.Compare.Brokers;
using Godwit.Compare.Idle;
using Godwit.Compare.Judging;
using Godwit.Compare.Running;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Compare.Tests;

/// <summary>bench/idle. Its figures are for readers, not for tests.</summary>
public sealed class IdleTests
{
    private const string Smaps = """
        1000-2000 r-xp 00000000 fe:00 247270                     /opt/godwit/Godwit.Broker.dll
        Rss:                 100 kB
        Pss:                  90 kB
        2000-3000 r-xp 00000000 fe:00 247270                     /usr/share/dotnet/shared/System.Linq.dll
        Rss:                 200 kB
        3000-4000 r-xp 00000000 fe:00 247270                     /usr/share/dotnet/shared/libcoreclr.so
        Rss:                 300 kB
        4000-5000 rw-s 00000000 00:01 1                          /memfd:doublemapper (deleted)
        Rss:                 400 kB
        5000-6000 rw-p 00000000 00:00 0                          [heap]
        Rss:                  50 kB
        10000-20000 ---p 00000000 00:00 0
        Rss:                   0 kB
        20000-30000 rw-p 00000000 00:00 0
        Rss:                  60 kB
        40000-50000 rw-p 00000000 00:00 0
        Rss:                  70 kB
        7f0000000000-7f0000100000 rw-p 00000000 00:00 0
        Rss:                 800 kB
        7f0000100000-7f0080000000 ---p 00000000 00:00 0
        Rss:                   0 kB
        7f0080000000-7f0080001000 r-xp 00000000 fe:00 9          /usr/lib/libc.so.6
        Rss:                  10 kB

        """;

    [Fact]
    public void Mappings_are_grouped_by_what_they_are()
    {
        var groups = MemoryMap.Read(Smaps, "/opt/godwit").ToDictionary(group => group.Group, group => group.Kb, StringComparer.Ordinal);

        Assert.Equal(100, groups["Godwit and its packages, compiled ahead"]);
        Assert.Equal(200, groups[".NET class library, compiled ahead"]);
        Assert.Equal(300, groups[".NET runtime, native"]);
        Assert.Equal(400, groups["code compiled at run time, tables of types"]);
        Assert.Equal(50 + 70, groups["native heap"]);
        Assert.Equal(60, groups["stacks"]);
        Assert.Equal(800, groups["managed heap"]);
        Assert.Equal(10, groups["C and C++ libraries"]);
    }

    [Fact]
    public void The_groups_of_a_process_add_up_to_its_resident_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "read from /proc");

        var parts = ProcessMemory.Parts(Environment.ProcessId);
        var resident = ProcessMemory.ResidentMb(Environment.ProcessId);

        Assert.InRange(parts.Sum(part => part.Kb) / 1024.0, resident * 0.8, resident * 1.2);       // this process goes on meanwhile
        Assert.Contains(parts, part => part.Group == "managed heap");
    }

    [Fact]
    public void Threads_of_one_name_are_added_and_who_did_nothing_is_left_out()
    {
        Dictionary<string, ThreadTimes> before = new(StringComparer.Ordinal) { ["1"] = new(100, 5, "shard 0"), ["2"] = new(7, 1, "log") };
        Dictionary<string, ThreadTimes> after = new(StringComparer.Ordinal) { ["1"] = new(400, 8, "shard 0"), ["2"] = new(7, 1, "log"), ["3"] = new(50, 2, "shard 0") };

        Assert.Equal([new ThreadTimes(350, 5, "shard 0")], ThreadTimes.Between(before, after));
    }

    [Theory]
    [InlineData(500.0, 500.0, "", Verdict.Reached)]
    [InlineData(501.0, 500.0, "", Verdict.Missed)]
    [InlineData(null, 500.0, "", Verdict.Missed)]
    [InlineData(1.0, 500.0, "3 lost", Verdict.Missed)]
    [InlineData(501.0, null, "", Verdict.NotJudged)]
    public void A_figure_is_judged_by_what_it_may_be(double? value, double? max, string fault, Verdict verdict)
    {
        var figure = new IdleFigure("memory", "MB", value, Mosquitto: 250, max, fault);
        var report = new IdleReport([("date", "today")], [figure], [("stacks", 1024)], [], 1);

        Assert.Equal((verdict, verdict != Verdict.Missed), (figure.Verdict, report.IsReached));
        Assert.Contains("| stacks | 1.0 | 100 % |", IdleText.Page(report), StringComparison.Ordinal);
        Assert.Equal(verdict == Verdict.Missed, IdleText.Tables(report).Contains("**missed**", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_parts_of_a_short_run_give_figures()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "read from /proc");
        var tools = new Tools(GodwitProgram.Require(), Programs.Require("mosquitto", "mosquitto"), Relay: null);
        var options = IdleOptions.Quick with { Starts = 1, EmptySeconds = 0.5, SettleSeconds = 0.2, Connections = 50, KeepAliveSeconds = 1, WarmUpSeconds = 0.1, HoldSeconds = 1, LimitSeconds = 1 };
        using var progress = new StringWriter();

        var report = await IdleCommand.MeasureAsync(options, tools, progress, TestContext.Current.CancellationToken);

        Assert.All(report.Figures, figure => Assert.Equal("", figure.Fault));
        Assert.Equal(9, report.Figures.Count);
        Assert.All(report.Figures, figure => Assert.NotNull(figure.Godwit));
        Assert.Equal(0, report.Figures.Single(figure => figure.Name.Contains("retained", StringComparison.Ordinal)).Godwit);
        Assert.NotEmpty(report.Memory);
        using var json = JsonDocument.Parse(IdleJson.Write(report));
        Assert.Equal(9, json.RootElement.GetProperty("figures").GetArrayLength());
    }

    [Fact]
    public async Task What_runs_in_the_cage_knows_its_limit_and_nothing_of_the_cage_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "control groups are Linux's");
        await using var cage = MemoryCage.Create(64 << 20);

        var (file, arguments) = cage.Wrap("/bin/sh", ["-c", "env; cat /proc/self/cgroup"]);
        var (output, _) = await Child.RunAsync(file, arguments, Deadlines.Answer, TestContext.Current.CancellationToken);
        await cage.DisposeAsync();

        Assert.Matches("godwit-idle-|DOTNET_GCHeapHardLimit=0x3000000", output);       // 3/4 of 64 MB
        Assert.Empty(Directory.Exists("/sys/fs/cgroup/memory") ? Directory.GetDirectories("/sys/fs/cgroup/memory", $"godwit-idle-{Environment.ProcessId}") : []);
        Assert.False(Directory.Exists($"/sys/fs/cgroup/godwit-idle-{Environment.ProcessId}"));
    }

    [Fact]
    public void What_is_said_goes_before_what_quick_means()
    {
        var options = IdleOptions.Read(["--memory-limit", "96MB", "--quick", "--connections", "10", "--parts", "limit,start", "--seconds", "5"], out _)!;

        Assert.Equal((96L << 20, 10, 5.0, 6), (options.MemoryLimitBytes, options.Connections, options.LimitSeconds, options.KeepAliveSeconds));
        Assert.Equal(["start", "limit"], options.Parts);
    }

    [Theory]
    [InlineData("--parts", "stop")]
    [InlineData("--memory-limit", "128")]
    [InlineData("--connections", "0")]
    [InlineData("--json")]
    [InlineData("--write", "--quick")]
    [InlineData("--write", "--parts", "start")]
    public async Task What_is_not_understood_is_refused_with_exit_code_2(params string[] arguments)
    {
        using var errors = new StringWriter();

        Assert.Equal(ExitCodes.Usage, await IdleCommand.RunAsync(arguments, TextWriter.Null, errors));
        Assert.StartsWith("bench/idle: ", errors.ToString(), StringComparison.Ordinal);
    }
}
