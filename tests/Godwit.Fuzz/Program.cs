using Godwit.Fuzz.Commands;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Godwit.Fuzz;

/// <summary><c>Godwit.Fuzz fuzz ...</c> is what ./fuzz runs; anything else are the tests, as in every test project.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        if (args is ["fuzz", ..])
        {
            return Task.FromResult(FuzzCommand.Run(args[1..], Console.Out));
        }

        return args.Contains("-automated", StringComparer.Ordinal) || args.Contains("@@", StringComparer.Ordinal)
            ? ConsoleRunner.Run(args)
            : TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
