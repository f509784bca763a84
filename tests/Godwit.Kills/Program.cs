using Godwit.Kills.Interference;
using Godwit.Kills.Rates;
using Godwit.Kills.Restart;
using Godwit.Kills.Soak;
using Godwit.Kills.Suite;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Godwit.Kills;

/// <summary><c>Godwit.Kills kills ...</c> is what ./kills runs, <c>soak</c> what ./soak does, <c>restart</c>, <c>rates</c> and <c>interference</c> are the benchmarks; anything else are the tests, as in every test project.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["kills", ..]:
                return KillCommand.RunAsync(args[1..], Console.Out);

            case ["soak", ..]:
                return SoakCommand.RunAsync(args[1..], Console.Out);

            case ["restart", ..]:
                return RestartBench.RunAsync(args[1..], Console.Out);

            case ["rates", ..]:
                return RateBench.RunAsync(args[1..], Console.Out);

            case ["interference", ..]:
                return InterferenceBench.RunAsync(args[1..], Console.Out);
        }

        return args.Contains("-automated", StringComparer.Ordinal) || args.Contains("@@", StringComparer.Ordinal)
            ? ConsoleRunner.Run(args)
            : TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
