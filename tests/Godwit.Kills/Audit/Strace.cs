using System.Diagnostics;
using System.Globalization;
using Godwit.Kills.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Kills.Audit;

/// <summary>strace, around a broker.</summary>
internal static class Strace
{
    /// <summary>Longest buffer that is recorded; the auditor needs every byte of every socket.</summary>
    private const int BytesMax = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string Calls =
        "read,readv,recvfrom,recvmsg,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,fsync,fdatasync";

    /// <summary>Skips the running test when strace is not there, or may not trace.</summary>
    public static async Task RequireAsync()
    {
        await using var trial = ProgramRun.Start(Programs.Require("strace", "strace"), ["-o", "/dev/null", "true"]);
        if (await trial.EndAsync() != 0)
        {
            Assert.Skip($"strace may not trace here: {string.Join(' ', trial.Errors.Lines)}");
        }
    }

    /// <summary>The same broker, traced: as a child of whoever starts it, with strace beside it.</summary>
    public static BrokerProgram Around(BrokerProgram program, string trace) => program with
    {
        File = Programs.Require("strace", "strace"),
        Arguments = (port, data) =>
        [
            "-D", "-f", "-y", "-xx", "-s", BytesMax.ToString(CultureInfo.InvariantCulture), "-e", "trace=" + Calls, "-e", "signal=none", "-o", trace, "--",
            program.File, .. program.Arguments(port, data),
        ],
    };

    /// <summary>The same broker, traced in the same way, with a fault in one of its calls.</summary>
    /// <param name="program">The broker.</param>
    /// <param name="trace">Where the trace goes.</param>
    /// <param name="fault">As strace has it after <c>inject=</c>; <c>when=N</c> counts for each thread of the broker.</param>
    public static BrokerProgram Around(BrokerProgram program, string trace, string fault)
    {
        var traced = Around(program, trace);
        return traced with { Arguments = (port, data) => ["-e", "inject=" + fault, .. traced.Arguments(port, data)] };
    }

    /// <summary>The same broker, with a fault in the calls on one file. Nothing else is traced, so it is hardly slower.</summary>
    /// <param name="program">The broker.</param>
    /// <param name="trace">Where the calls go that are on this file.</param>
    /// <param name="fault">As above.</param>
    /// <param name="file">Its name in the data directory.</param>
    public static BrokerProgram AroundFile(BrokerProgram program, string trace, string fault, string file) => program with
    {
        File = Programs.Require("strace", "strace"),
        Arguments = (port, data) =>
        [
            "-D", "-f", "-y", "--seccomp-bpf", "-s", "0", "-P", Path.Combine(data, file), "-e", "trace=" + fault[..fault.IndexOf(':', StringComparison.Ordinal)],
            "-e", "inject=" + fault, "-e", "signal=none", "-o", trace, "--",
            program.File, .. program.Arguments(port, data),
        ],
    };

    /// <summary>The lines of a trace when one of them has these words: strace writes a moment after its broker acts or ends.</summary>
    public static async Task<string[]> ReadAsync(string trace, string words, CancellationToken ct)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(10, ct))
        {
            var lines = await File.ReadAllLinesAsync(trace, ct);
            if (lines.Any(line => line.Contains(words, StringComparison.Ordinal)))
            {
                return lines;
            }

            Assert.True(clock.Elapsed < Patience, $"the trace does not have '{words}'");
        }
    }
}
