using Godwit.Kills.Suite;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Godwit.Kills;

/// <summary><c>Godwit.Kills kills ...</c> is what ./kills runs; anything else are the tests, as in every test project.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        if (args is ["kills", ..])
        {
            return KillCommand.RunAsync(args[1..], Console.Out);
        }

        return args.Contains("-automated", StringComparer.Ordinal) || args.Contains("@@", StringComparer.Ordinal)
            ? ConsoleRunner.Run(args)
            : TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
