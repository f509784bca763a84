using System.Globalization;
using Godwit.Kills.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Kills.Audit;

/// <summary>strace, around a broker.</summary>
internal static class Strace
{
    /// <summary>Longest buffer that is recorded; the auditor needs every byte of every socket.</summary>
    private const int BytesMax = 1024 * 1024;

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
}
